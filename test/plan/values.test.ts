import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as values from '../../src/plan/values.js';

/** What is wrong, or an empty text when nothing is. */
const problem = (parsed: values.Parsed<unknown>) => ('problem' in parsed ? parsed.problem : '');

describe('duration', () => {
  it('reads one', () => expect(values.duration('2s')).toEqual({ value: 2000 }));
  it('refuses what is none', () => expect(problem(values.duration('5'))).toContain('is not a duration; write it like'));
  it('refuses what is too short', () => {
    expect(problem(values.duration('50ms', 100))).toBe('is too short; give at least 100ms');
    expect(values.duration('100ms', 100)).toEqual({ value: 100 });
  });
  it.each(['597h', '9'.repeat(400) + 's'])('refuses what a timer cannot hold: %s', (text) =>
    expect(problem(values.duration(text))).toContain('is too long'),
  );
});

describe('wholeNumber', () => {
  it.each(['1', ' 7 ', '10'])('reads %j', (text) =>
    expect(values.wholeNumber(text, 1, 10)).toEqual({ value: Number(text) }),
  );
  it.each(['0', '11', '-1', '1.5', '1e1', '0x5', '', ' ', 'many', '５'])('refuses %j', (text) =>
    expect(problem(values.wholeNumber(text, 1, 10))).toBe('is not a whole number from 1 to 10'),
  );
});

describe('oneOf', () => {
  it('takes the word, names a near one, and lists them all', () => {
    expect(values.oneOf('docker', ['docker', 'standalone'])).toEqual({ value: 'docker' });
    expect(problem(values.oneOf('dokcer', ['docker', 'standalone']))).toBe(
      'is not known; did you mean docker? (one of: docker, standalone)',
    );
    expect(problem(values.oneOf('something else', ['docker']))).toBe('is not known (one of: docker)');
  });
});

describe('signalName', () => {
  it.each(['SIGTERM', 'TERM', 'term', 'sigterm', 'SigTerm'])('reads %s', (text) =>
    expect(values.signalName(text)).toEqual({ value: 'SIGTERM' }),
  );
  it.each(['KILL', 'SIGSTOP', '15', ''])('refuses %j', (text) =>
    expect(problem(values.signalName(text))).toContain('is not known'),
  );
});

describe('requestPath', () => {
  it.each(['/', '/a/b?c=d&e=%20', '/~x'])('takes %s', (text) =>
    expect(values.requestPath(text)).toEqual({ value: text }),
  );
  it.each(['', 'report', 'http://localhost/report', ' /a'])('refuses %j, which does not begin with /', (text) =>
    expect(problem(values.requestPath(text))).toContain('must begin with /'),
  );
  it.each(['/a b', '/ä', '/a\r\nHost: x', '/\u0000', '/\u007f'])('refuses %j, which must be encoded', (text) =>
    expect(problem(values.requestPath(text))).toContain('percent-encoded'),
  );
});

describe('originOnly', () => {
  it.each(['http://127.0.0.1:8080', 'https://example.com', 'HTTP://Example.com/', 'http://[::1]:80'])(
    'reads %s',
    (text) => expect(values.originOnly(text)).toEqual({ value: new URL(text) }),
  );
  it.each([
    ['', 'is not a URL'],
    ['/ready', 'is not a URL'],
    ['localhost', 'is not a URL'],
    ['http://', 'is not a URL'],
    ['http://a b', 'is not a URL'],
    ['localhost:8080', 'begins with localhost:'],
    ['ws://localhost', 'begins with ws:'],
    ['file:///etc/hosts', 'begins with file:'],
    ['http://user@localhost', 'holds credentials'],
    ['http://:secret@localhost', 'holds credentials'],
    ['http://localhost/a', 'has a path'],
    ['http://localhost?a=b', 'has a path'],
    ['http://localhost#a', 'has a path'],
  ])('refuses %j, which %s', (text, words) => expect(problem(values.originOnly(text))).toContain(words));
});

describe('hostName', () => {
  it.each(['localhost', 'Api.Example.com', '10.0.0.1', 'fd00::2', 'my_host-1'])('takes %s', (text) =>
    expect(values.hostName(text)).toEqual({ value: text.toLowerCase() }),
  );
  it.each(['', 'a b', 'http://a', 'a/b', '*.example.com', 'ä.test', '[::1]', 'a\n'])('refuses %j', (text) =>
    expect(problem(values.hostName(text))).toContain('is not the name or address of a host'),
  );
});

describe('endpointChoice', () => {
  it('is none, a path, or wrong', () => {
    expect(values.endpointChoice('none')).toEqual({ value: { kind: 'none' } });
    expect(values.endpointChoice('/ready')).toEqual({ value: { kind: 'path', path: '/ready' } });
    expect(problem(values.endpointChoice('ready'))).toContain('or be "none"');
  });
});

describe('slowRequest', () => {
  it('is GET unless it says otherwise', () => {
    expect(values.slowRequest('/slow', [], null)).toEqual({
      value: { method: 'GET', path: '/slow', headers: [], body: null },
    });
    expect(values.slowRequest(' put   /slow ', [['a', 'b']], 'x')).toEqual({
      value: { method: 'PUT', path: '/slow', headers: [['a', 'b']], body: 'x' },
    });
  });
  it('is POST when it has a body', () =>
    expect(values.slowRequest('/slow', [], '')).toMatchObject({ value: { method: 'POST', body: '' } }));
  it('refuses a body that its method does not carry', () => {
    expect(problem(values.slowRequest('GET /slow', [], 'x'))).toContain('has the method GET, which carries no body');
    expect(problem(values.slowRequest('HEAD /slow', [], 'x'))).toContain('has the method HEAD');
  });
  it('refuses methods and paths that are none', () => {
    expect(problem(values.slowRequest('GTE /slow', [], null))).toContain(
      'begins with a method that is not known; did you mean GET?',
    );
    expect(problem(values.slowRequest('CONNECT /slow', [], null))).toContain('is not known');
    expect(problem(values.slowRequest('slow', [], null))).toContain('must begin with /');
    expect(problem(values.slowRequest('GET /slow down', [], null))).toContain('percent-encoded');
    expect(problem(values.slowRequest('', [], null))).toContain('must begin with /');
  });
});

describe('headerLine', () => {
  it.each<[string, [string, string]]>([
    ['Authorization: Bearer abc', ['Authorization', 'Bearer abc']],
    ['x:y:z', ['x', 'y:z']],
    ['Empty:', ['Empty', '']],
    ["X-!#$%&'*+.^_`|~1:  v", ["X-!#$%&'*+.^_`|~1", 'v']],
  ])('reads %j', (text, header) => expect(values.headerLine(text)).toEqual({ value: header }));
  it.each(['', 'no colon', ': v', 'a b: c', 'ä: c', 'a: b\r\nc: d', 'a: b\nc'])('refuses %j', (text) =>
    expect(problem(values.headerLine(text))).toContain('is not a header'),
  );
  it.each(['a: \u0000', 'a: \u0001', 'a: Ā', 'a: 😀'])('refuses the value of %j', (text) =>
    expect(problem(values.headerLine(text))).toContain('cannot carry'),
  );
  it.each(['Content-Length: 1', 'transfer-encoding: chunked', 'CONNECTION: close', 'Host: x'])(
    'refuses %s, which is not for the user to set',
    (text) => expect(problem(values.headerLine(text))).toContain('sets itself'),
  );
});

describe('environmentEntry', () => {
  it.each<[string, [string, string]]>([
    ['A=b', ['A', 'b']],
    ['A=', ['A', '']],
    ['A=b=c\nd', ['A', 'b=c\nd']],
  ])('reads %j', (text, entry) => expect(values.environmentEntry(text)).toEqual({ value: entry }));
  it.each(['', 'A', '=b'])('refuses %j', (text) =>
    expect(problem(values.environmentEntry(text))).toContain('NAME=value'),
  );
});

describe('exitCodes', () => {
  it('reads one and several', () => {
    expect(values.exitCodes('0')).toEqual({ value: [0] });
    expect(values.exitCodes('0, 143 ,255')).toEqual({ value: [0, 143, 255] });
  });
  it.each(['', '256', '0,', '-1', 'zero', '0;1'])('refuses %j', (text) =>
    expect(problem(values.exitCodes(text))).toContain('is not a list of exit codes'),
  );
});

describe('switchValue', () => {
  it.each(['', '1', 'true', 'TRUE', 'yes', 'on'])('%j is on', (text) =>
    expect(values.switchValue(text)).toEqual({ value: true }),
  );
  it.each(['0', 'false', 'No', 'off'])('%j is off', (text) =>
    expect(values.switchValue(text)).toEqual({ value: false }),
  );
  it.each(['perhaps', '2', ' '])('%j is neither', (text) =>
    expect(problem(values.switchValue(text))).toBe('is neither true nor false'),
  );
});

it('answers every text with a value or with a sentence to put after the value', () => {
  const parsers: ((text: string) => values.Parsed<unknown>)[] = [
    values.duration,
    (text) => values.wholeNumber(text, 1, 65_535),
    values.signalName,
    values.requestPath,
    values.endpointChoice,
    (text) => values.slowRequest(text, [], null),
    values.headerLine,
    values.environmentEntry,
    values.exitCodes,
    values.switchValue,
    values.originOnly,
    values.hostName,
  ];
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), fc.constantFrom(...parsers), (text, parse) => {
      const parsed = parse(text);
      expect('value' in parsed || /^[a-z].*[^.]$/s.test(parsed.problem)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

describe('closeCodes', () => {
  it.each([
    ['1001', [1001]],
    [' 1000, 4001 ', [1000, 4001]],
  ])('%s', (text, codes) => expect(values.closeCodes(text)).toEqual({ value: codes }));

  it.each(['', '999', '5000', '1001;1002', 'normal'])('%s is none', (text) =>
    expect(values.closeCodes(text)).toEqual({ problem: expect.stringContaining('close codes') as string }),
  );
});

describe('textPattern', () => {
  it.each([
    ['bye', { kind: 'text', text: 'bye' }],
    ['/bye', { kind: 'text', text: '/bye' }],
    ['/bye/', { kind: 'regex', source: 'bye', flags: '' }],
    ['/by[ae]/gi', { kind: 'regex', source: 'by[ae]', flags: 'i' }],
  ])('%s', (text, value) => expect(values.textPattern(text)).toEqual({ value }));

  it.each([
    ['', 'is empty'],
    ['/(/', 'is not a regular expression'],
    ['/a/q', 'is not a regular expression'],
  ])('%s', (text, problem) =>
    expect(values.textPattern(text)).toEqual({ problem: expect.stringContaining(problem) as string }),
  );
});

describe('subprotocol', () => {
  it('is a token', () => {
    expect(values.subprotocol('graphql-transport-ws')).toEqual({ value: 'graphql-transport-ws' });
    for (const text of ['', 'a b', 'a,b', 'ä'])
      expect(values.subprotocol(text)).toEqual({ problem: expect.stringContaining('subprotocol') as string });
  });
});

describe('grpcCall', () => {
  it.each([
    ['a.b.C/D', { method: 'a.b.C/D', request: '{}' }],
    [' C/D  {"x": 1} ', { method: 'C/D', request: '{"x": 1}' }],
  ])('%s', (text, value) => expect(values.grpcCall(text)).toEqual({ value }));

  it.each([
    ['', 'does not name a method'],
    ['a.b.C', 'does not name a method'],
    ['http://h/a.b.C/D', 'does not name a method'],
    ['C/D {', 'not JSON'],
    ['C/D [1]', 'not a JSON object'],
    ['C/D null', 'not a JSON object'],
  ])('%s', (text, problem) =>
    expect(values.grpcCall(text)).toEqual({ problem: expect.stringContaining(problem) as string }),
  );
});
