import type { ReadContainer } from '../containers.js';
import type { Field } from '../field.js';
import type { Editor } from './editor.js';
import type { Change } from './workload.js';

/** How long a phase of Spring’s shutdown may take where nothing is said. Seconds. */
const DEFAULT_PHASE = 30;

/**
 * Writes the server's own time-out where it is missing or too long.
 * @param room what the grace period leaves for it. Seconds
 */
export function fixServer(container: ReadContainer, room: number, editor: Editor): Change[] {
  const { manifest, field } = container;
  const { server, name } = manifest;
  if (server === null || room < 1) return [];
  const missing = server.timeoutMs === null && server.elsewhere === null;
  const tooLong = server.timeoutMs !== null && server.timeoutMs > room * 1000;
  if (!missing && !tooLong) return [];
  const [option = ''] = server.option.split(' ');
  if (!option.startsWith('--')) return springFix(container, server.at, missing, room, editor);
  const text = `${name}: ${option} ${room}`;
  const done = tooLong ? replaceOption(field, option, room, editor) : addOption(field, option, room, editor);
  return [{ at: server.at, text, done }];
}

function wordsOf(field: Field): Field[] {
  return [...field.get('command').items, ...field.get('args').items];
}

function replaceOption(field: Field, option: string, seconds: number, editor: Editor): boolean {
  const words = wordsOf(field);
  // Within a shell's script, or with the value behind an equals sign.
  const within = new RegExp(`(?<=${option}(?:=|\\s+))\\d+(?:\\.\\d+)?`, 'g');
  if (words.some((word) => editor.setWithin(word, within, String(seconds)))) return true;
  const value = words[words.findIndex((word) => word.text === option) + 1];
  return value !== undefined && words.some((word) => word.text === option) && editor.set(value, String(seconds));
}

/** A list of words takes two more at its end; what a shell is told is left to whoever wrote it. */
function addOption(field: Field, option: string, seconds: number, editor: Editor): boolean {
  const words = wordsOf(field);
  if (words.some((word) => /\s/.test((word.text ?? '').trim()))) return false;
  const list = field.get('args').items.length > 0 ? field.get('args') : field.get('command');
  return editor.append(list, [option, String(seconds)]);
}

/** Spring Boot takes both from variables, where the manifest sets them. */
function springFix(
  { field, manifest: { name } }: ReadContainer,
  at: Change['at'],
  immediate: boolean,
  room: number,
  editor: Editor,
): Change[] {
  const valueOf = (variable: string) =>
    field
      .get('env')
      .items.find((one) => one.get('name').text === variable)
      ?.get('value');
  const shutdown = valueOf('SERVER_SHUTDOWN');
  const phase = valueOf('SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE');
  return [
    ...(immediate
      ? [
          {
            at,
            text: `${name}: server.shutdown=graceful`,
            done: shutdown !== undefined && editor.set(shutdown, 'graceful'),
          },
        ]
      : []),
    ...(immediate && room >= DEFAULT_PHASE
      ? []
      : [
          {
            at,
            text: `${name}: spring.lifecycle.timeout-per-shutdown-phase=${room}s`,
            done: phase !== undefined && editor.set(phase, `${room}s`),
          },
        ]),
  ];
}
