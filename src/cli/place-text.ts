import type { Position } from '../plan/manifest.js';
import { escapeControls } from '../report/escape.js';

/** `deployment.yaml:12:9`, fit to be printed. */
export function placeText({ file, line, column }: Position): string {
  return `${file === '-' ? '<stdin>' : escapeControls(file)}:${line}:${column}`;
}
