/** What of a response head decides where the response ends. */
export interface ResponseHead {
  status: number;
  /** Content-Length; null: none. */
  length: number | null;
  chunked: boolean;
  /** `Connection: close` was said. */
  close: boolean;
  /** Of a WebSocket's handshake. */
  accept: string | null;
  upgrade: boolean;
}

/** A field name is a token (RFC 9110, section 5.6.2). */
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/s;
// A value holds no control characters but the tab.
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

/** One line of a head or of trailers: its name in lower case, and its value; null when it is none. */
export function parseField(line: string): { name: string; value: string } | null {
  const [, name, value = ''] = FIELD.exec(line) ?? [];
  return name === undefined || CONTROL.test(value) ? null : { name: name.toLowerCase(), value };
}

/**
 * Reads a response head without the empty line at its end; null when it is not one that a careful client takes: lengths
 * that contradict each other, or a length beside chunks, are how requests and answers are smuggled.
 */
export function parseHead(text: string): ResponseHead | null {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?$/.exec(first)?.[1];
  if (status === undefined) return null;
  const head: ResponseHead = {
    status: Number(status),
    length: null,
    chunked: false,
    close: false,
    accept: null,
    upgrade: false,
  };
  let coded = false;
  for (const line of lines) {
    const field = parseField(line);
    if (field === null) return null;
    const { name, value } = field;
    switch (name) {
      case 'content-length':
        if (!/^\d{1,15}$/.test(value) || head.length !== null) return null;
        head.length = Number(value);
        break;
      case 'transfer-encoding':
        coded = true;
        head.chunked = /(?:^|,)[ \t]*chunked$/i.test(value);
        break;
      case 'connection':
        head.close ||= /\bclose\b/i.test(value);
        break;
      case 'upgrade':
        head.upgrade = value.toLowerCase() === 'websocket';
        break;
      case 'sec-websocket-accept':
        head.accept = value;
        break;
    }
  }
  return coded && head.length !== null ? null : head;
}
