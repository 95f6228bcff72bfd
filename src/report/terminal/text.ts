/** Cuts a text to a width, with a sign that it was cut. */
export function clip(text: string, width: number, ellipsis = '…'): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  return width <= ellipsis.length ? characters.slice(0, Math.max(0, width)).join('') : `${characters.slice(0, width - ellipsis.length).join('')}${ellipsis}`;
}

/** Breaks a text into lines no longer than `width`, between words where there is a word that fits. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

function pieces(word: string, width: number): string[] {
  const parts: string[] = [];
  for (let rest = word; rest.length > 0; rest = rest.slice(width)) parts.push(rest.slice(0, width));
  return parts.length === 0 ? [''] : parts;
}

/** Pads to a width by characters. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}
