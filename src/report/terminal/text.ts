import stringWidth from 'string-width';

/** Made when it is needed: it reads tables that take longer to load than all else here. */
let graphemes: Intl.Segmenter | null = null;

/** What a reader takes for single characters, emoji and accents included. */
export function characters(text: string): string[] {
  graphemes ??= new Intl.Segmenter();
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** How many columns a text takes on a terminal. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Cuts a text to a width, with a sign that it was cut. */
export function clip(text: string, width: number, ellipsis = '…'): string {
  if (widthOf(text) <= width) return text;
  const room = width > ellipsis.length ? width - ellipsis.length : width;
  return `${take(text, room)}${width > ellipsis.length ? ellipsis : ''}`;
}

/** As much of the beginning as fits. */
function take(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const character of characters(text)) {
    used += widthOf(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}

/** Breaks a text into lines no wider than `width`, between words where there is a word that fits, else after a slash. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

function pieces(word: string, width: number): string[] {
  const parts: string[] = [];
  for (let rest = word; rest !== '';) {
    // A character wider than the width still has to go somewhere.
    const fits = take(rest, width) || (characters(rest)[0] ?? rest);
    // The name at the end of a path stays whole, with the line and column that editors and readers look for.
    const slash = fits === rest ? 0 : fits.lastIndexOf('/');
    const part = slash > 0 ? fits.slice(0, slash + 1) : fits;
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return parts.length === 0 ? [''] : parts;
}

/** Pads to a width. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Joins parts into lines no wider than `width`, breaking only between parts. */
export function joinWithin(parts: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = last === undefined ? part : `${last}${separator}${part}`;
    if (last !== undefined && widthOf(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(...wrap(part, width));
  }
  return lines;
}
