import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAddress, parseListenRows, parseUnixListeners } from '../../../src/target/processes/proc-net.js';

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:9077 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 570325 1 000000005daea39a 100 0 0 10 0
   1: 00000000:07E8 00000000:0000 0A 00000000:00000001 00:00000000 00000000  1000        0 650 1 00000000c6474355 100 0 0 10 0
   2: 0100007F:9077 0100007F:B39C 06 00000000:00000000 03:0000165A 00000000     0        0 0 3 00000000aae88005
   3: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 999 1 00000000c6474355 100 0 0 10 0
`;

const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 81 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000001000000:FFFF 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 82 1 0000000000000000 100 0 0 10 0
   2: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 83 1 0000000000000000 100 0 0 10 0
`;

describe('parseListenRows', () => {
  it('reads the listeners of IPv4, and stops where the connections begin', () => {
    expect(parseListenRows(TCP)).toEqual([
      { address: '127.0.0.1', port: 36_983, inode: '570325' },
      { address: '0.0.0.0', port: 2024, inode: '650' },
    ]);
  });

  it('reads those of IPv6', () => {
    expect(parseListenRows(TCP6)).toEqual([
      { address: '::', port: 80, inode: '81' },
      { address: '::1', port: 65_535, inode: '82' },
      { address: '127.0.0.1', port: 8080, inode: '83' },
    ]);
  });

  it.each(['', '\n', TCP.split('\n')[0] ?? ''])('finds none in %j', (text) =>
    expect(parseListenRows(text)).toEqual([]),
  );

  it('reads every row that the kernel can write', () => {
    const hex = (length: number) =>
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789ABCDEF')), minLength: length, maxLength: length });
    const row = fc.tuple(fc.oneof(hex(8), hex(32)), fc.integer({ min: 1, max: 65_535 }), fc.nat());
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const lines = rows.map(
          ([address, port, inode], i) =>
            `   ${i}: ${address}:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0`,
        );
        expect(parseListenRows(['header', ...lines, ''].join('\n'))).toEqual(
          rows.map(([address, port, inode]) => ({ address: decodeAddress(address), port, inode: String(inode) })),
        );
      }),
    );
  });

  it('never throws on other text', () => {
    const near = fc
      .array(fc.constantFrom('0A', '01', ' ', ':', '0100007F', '\n', '0'), { maxLength: 60 })
      .map((parts) => `header\n${parts.join('')}`);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `header\n${text}`),
          near,
        ),
        (text) => Array.isArray(parseListenRows(text)),
      ),
      { numRuns: 500 },
    );
  });
});

describe('decodeAddress', () => {
  it.each([
    ['0100007F', '127.0.0.1'],
    ['00000000', '0.0.0.0'],
    ['0101A8C0', '192.168.1.1'],
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000001000000', '::1'],
    ['0000000000000000FFFF00000101A8C0', '192.168.1.1'],
    ['B80D01200000000067452301EFCDAB89', '2001:db8::123:4567:89ab:cdef'],
    ['000080FE00000000FF5544A1FE34EAB2', 'fe80::a144:55ff:b2ea:34fe'],
  ])('%s is %s', (hex, address) => expect(decodeAddress(hex)).toBe(address));

  it('gives back every IPv4 address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const hex = address
          .split('.')
          .map((byte) => Number(byte).toString(16).toUpperCase().padStart(2, '0'))
          .reverse()
          .join('');
        expect(decodeAddress(hex)).toBe(address);
      }),
    );
  });
});

const UNIX = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 111 /run/app.sock
0000000000000000: 00000003 00000000 00000000 0001 03 112 /run/app.sock
0000000000000000: 00000002 00000000 00010000 0001 01 113 ./run/app.sock
0000000000000000: 00000002 00000000 00010000 0001 01 114 @abstract
0000000000000000: 00000002 00000000 00010000 0001 01 115
0000000000000000: 00000002 00000000 00010000 0001 01 116 /run/with space.sock
`;

describe('parseUnixListeners', () => {
  it('finds what listens on a path, and not what is connected to it', () =>
    expect(parseUnixListeners(UNIX, '/run/app.sock')).toEqual(['111', '113']));

  it('knows a relative path by its end', () => expect(parseUnixListeners(UNIX, '/srv/run/app.sock')).toEqual(['113']));

  it('takes a path with a space', () => expect(parseUnixListeners(UNIX, '/run/with space.sock')).toEqual(['116']));

  it('finds nothing for other paths, and in nothing', () => {
    expect(parseUnixListeners(UNIX, '/run/other.sock')).toEqual([]);
    expect(parseUnixListeners('', '/run/app.sock')).toEqual([]);
  });
});
