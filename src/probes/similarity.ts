/** Identifiers, numbers and times differ from one request to the next and are no difference between two pages. */
export function normaliseBody(body: string): string {
  return body
    .toLowerCase()
    .replace(/\b[0-9a-f]{8,}(-[0-9a-f]{4,})*\b/g, '')
    .replace(/\d+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The same without the path's own words, which a page that echoes its address would differ in. */
export function withoutPath(text: string, path: string): string {
  const words = [path, ...path.split('/').filter((part) => part !== '')];
  return words.reduce((rest, word) => rest.replaceAll(word.toLowerCase(), ''), text);
}

/** How alike two texts are, from 0 to 1: Dice's coefficient over pairs of neighbouring characters. */
export function similarity(a: string, b: string): number {
  if (a === b) return 1;
  const left = bigrams(a);
  const right = bigrams(b);
  let shared = 0;
  for (const [pair, count] of left) shared += Math.min(count, right.get(pair) ?? 0);
  const total = Math.max(0, a.length - 1) + Math.max(0, b.length - 1);
  return total === 0 ? 0 : (2 * shared) / total;
}

function bigrams(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + 1 < text.length; i++) {
    const pair = text.slice(i, i + 2);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}
