import fc from 'fast-check';

/** Bytes with something done to them: a byte changed, some taken out, some repeated, the end cut off. */
export function mutated(originals: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  const mutation = fc.record({
    how: fc.constantFrom('nothing', 'change', 'remove', 'repeat', 'cut'),
    at: place,
    length: fc.integer({ min: 1, max: 6 }),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('\r\n 0:;,aF'))),
  });
  return fc
    .record({ original: fc.constantFrom(...originals), mutations: fc.array(mutation, { maxLength: 3 }) })
    .map(({ original, mutations }) =>
      mutations.reduce((bytes, { how, at, length, byte }) => {
        const from = Math.floor(at * bytes.length);
        const before = bytes.subarray(0, from);
        const piece = bytes.subarray(from, from + length);
        const after = bytes.subarray(from + length);
        if (how === 'change') return Buffer.concat([before, Buffer.from([byte]), bytes.subarray(from + 1)]);
        if (how === 'remove') return Buffer.concat([before, after]);
        if (how === 'repeat') return Buffer.concat([before, piece, piece, after]);
        return how === 'cut' ? before : bytes;
      }, original),
    );
}

/** The pieces between some places. */
export function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const inside = [...new Set(cuts)].filter((cut) => cut > 0 && cut < bytes.length).sort((a, b) => a - b);
  const places = [0, ...inside, bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}
