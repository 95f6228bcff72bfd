import { readFile } from 'node:fs/promises';
import { DrainCheckError } from '../errors.js';

/** The authorities to trust, for an origin. Read when the run begins, so that every life trusts the same. */
export async function readAuthorities(file: string | null): Promise<string | null> {
  if (file === null) return null;
  const text = await readFile(file, 'utf8');
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new DrainCheckError(
    'usage',
    `--ca ${file} holds no certificate in PEM form.`,
    'Give a file with -----BEGIN CERTIFICATE----- in it; `openssl x509 -in file -outform pem` converts others.',
  );
}
