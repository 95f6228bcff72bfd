import { readFileSync } from 'node:fs';

/** The directory that holds package.json, docs and the demo. */
export const PACKAGE_ROOT = new URL('../../', import.meta.url);

/** Name and version, from the one place where they are written. */
export function packageInfo(): { name: string; version: string } {
  const { name, version } = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8')) as {
    name: string;
    version: string;
  };
  return { name, version };
}
