import type { ExchangeKind } from '../recording/events.js';

/** What a client has that may hold an exit, in the words of a report. */
export const KIND_WORDS: Record<ExchangeKind, string> = {
  'slow-response': 'slow requests',
  'slow-upload': 'uploads',
  'reused-connection': 'a keep-alive connection in use',
  'new-connection': 'new connections',
  'new-work': 'new work',
  'idle-connection': 'idle keep-alive connections',
  'silent-connection': 'a connection that had sent nothing',
  'kept-after-answer': 'the connection of the last answer, kept by its client',
  stream: 'streams',
  'quiet-websocket': 'quiet WebSockets',
  'talking-websocket': 'busy WebSockets',
  'new-websocket': 'new WebSockets',
  'grpc-call': 'gRPC calls',
  'grpc-stream': 'gRPC streams',
  'stuck-upload': 'an upload that never ends',
  'stuck-stream': 'a stream that is not read',
  'stuck-websocket': 'a WebSocket that does not answer',
};

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** `; held by a and b`, to be put behind an observation; nothing when it is not known what held the exit. */
export function heldBy(kinds: readonly ExchangeKind[]): string {
  return kinds.length === 0 ? '' : `; held by ${list(kinds.map((kind) => KIND_WORDS[kind]))}`;
}
