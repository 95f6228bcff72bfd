import { DrainCheckError } from '../errors.js';
import type { Plan } from '../plan/types.js';
import { whyNoNamespace } from '../target/namespace.js';

/** Programs that are never what a container runs, but what starts or watches something that is. */
const NEVER_PID_1 = [
  'docker',
  'docker-compose',
  'podman',
  'kubectl',
  'make',
  'just',
  'sudo',
  'ssh',
  'systemd-run',
  'nohup',
  'time',
  'npx',
  'watch',
];

/**
 * Why no death as PID 1 is played; null when one is.
 * @throws DrainCheckError `no-namespaces` when the plan demands one and it cannot be had
 */
export async function whyNotAsPid1({ asPid1, profile, target }: Plan): Promise<string | null> {
  if (asPid1 === 'never') return 'it was left out by --no-as-pid1';
  // In a container the first process is PID 1 in every life.
  if (target.kind !== 'command') return 'every life of a container is played as PID 1 already';
  const name = target.command.split('/').at(-1) ?? '';
  if (asPid1 === 'auto') {
    if (profile !== 'kubernetes' && profile !== 'docker')
      return `under the profile ${profile} the target is no PID 1; --as-pid1 plays it all the same`;
    if (NEVER_PID_1.includes(name)) return `${name} is not what a container would run; --as-pid1 plays it all the same`;
  }
  const reason = await whyNoNamespace();
  if (reason === null) return null;
  if (asPid1 === 'always')
    throw new DrainCheckError(
      'no-namespaces',
      `--as-pid1 needs a PID namespace, which cannot be had here: ${reason}.`,
      'Run it where namespaces are allowed (Linux, as root or with unprivileged user namespaces), or leave it out.',
    );
  return `host semantics only: a PID namespace cannot be had here (${reason})`;
}
