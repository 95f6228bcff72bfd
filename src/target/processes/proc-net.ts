export interface ProcSocket {
  address: string;
  port: number;
  inode: string;
}

const LISTEN = '0A';

/** The listening rows of /proc/net/tcp or tcp6. They come first in the file, so reading stops at the first other row. */
export function parseListenRows(text: string): ProcSocket[] {
  const rows: ProcSocket[] = [];
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state] = fields;
    const inode = fields[9];
    if (state !== LISTEN) break;
    const [hex = '', port = ''] = local.split(':');
    if (inode !== undefined) rows.push({ address: decodeAddress(hex), port: Number.parseInt(port, 16), inode });
  }
  return rows;
}

/** Addresses are written as 32-bit words in the machine's byte order, which is little-endian wherever Node runs. */
export function decodeAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    Number.parseInt((bytes[2 * i] ?? '0') + (bytes[2 * i + 1] ?? '0'), 16),
  );
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return bytes
      .slice(12)
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  }
  // The URL parser writes IPv6 in its canonical, shortened form.
  return new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

/** The flag of a Unix socket that listens, as /proc/net/unix writes it. */
const ACCEPTS = '00010000';

/**
 * The inodes of the listening sockets of a path in /proc/net/unix. A path that was bound relative to a directory is
 * written as it was given, so the end of the wanted path is enough for it.
 */
export function parseUnixListeners(text: string, path: string): string[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, , , flags, , , inode, ...rest] = line.trim().split(/\s+/);
      const bound = rest.join(' ');
      const same = bound === path || (bound !== '' && !bound.startsWith('/') && isEndOf(bound, path));
      return flags === ACCEPTS && inode !== undefined && same ? [inode] : [];
    });
}

function isEndOf(relative: string, path: string): boolean {
  return path.endsWith(`/${relative.replace(/^(\.\/)+/, '')}`);
}
