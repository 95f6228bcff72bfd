const CONTINUE = 'HTTP/1.1 100 ';

/**
 * A server may say `100 Continue` without having been asked (RFC 9110, section 15.2); undici takes that for a broken
 * response, so it is passed over here.
 */
export function withoutContinue(chunk: Buffer): Buffer {
  let rest = chunk;
  while (rest.subarray(0, CONTINUE.length).toString('latin1') === CONTINUE) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) break;
    rest = rest.subarray(end + 4);
  }
  return rest;
}
