import { setTimeout as sleep } from 'node:timers/promises';
import { DrainCheckError } from '../errors.js';
import type { InImage } from '../plan/from-manifest.js';
import type { ContainerTarget } from '../plan/types.js';
import { LIFE_LABEL } from './container-removal.js';
import type { Engine, EngineAnswer } from './engine.js';

/** The variable whose value marks the processes of one life. */
const MARKER_VARIABLE = 'DRAIN_CHECK_LIFE';
const REMOVE_TIMEOUT_MS = 20_000;
const REMOVE_ATTEMPTS = 3;
const REMOVE_AGAIN_MS = 500;

/** What is told to a container of one life, and how it is found again. */
interface Life {
  /** The container's name. */
  id: string;
  life: string;
  marker: string;
  port: number;
}

/**
 * What is given to the engine for one life. What the user gave comes before what we need to find it again, and both before
 * what a manifest says.
 */
export function runArguments(
  plan: ContainerTarget,
  { id, life, marker, port }: Life,
  manifest: InImage | null = null,
): string[] {
  // A command of the user's is the image's business, as the manifest's would be.
  const own = plan.args.length > 0 ? null : manifest;
  // PORT given by --env wins: the user may know better.
  const variables = Object.entries({ ...manifest?.env, PORT: String(port), ...plan.env });
  return [
    ...['run', '-d', '--pull=never'],
    ...variables.flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    ...(own?.entrypoint == null ? [] : [`--entrypoint=${own.entrypoint}`]),
    ...plan.runArgs,
    // A container that came back by itself would be a second life in the midst of the first.
    ...['-e', `${MARKER_VARIABLE}=${marker}`, '--label', `${LIFE_LABEL}=${life}`, '--name', id, '--restart=no'],
    plan.name,
    ...(own?.args ?? plan.args),
  ];
}

/** @see https://docs.docker.com/engine/containers/run/#exit-status for what 126 and 127 mean */
export function runFailure(plan: ContainerTarget, engine: Engine, answer: EngineAnswer): DrainCheckError {
  const noCommand = /no command specified/i.test(answer.words);
  if (answer.code !== 126 && answer.code !== 127 && !noCommand) {
    const again = `Check what is given with --docker-run-arg, and whether \`${engine.name} run ${plan.name}\` works.`;
    return engine.failure(`could not run the image ${plan.name}`, answer, again);
  }
  return new DrainCheckError(
    'command-not-executable',
    `The image ${plan.name} could not be started: ${answer.words.replace(/\.?$/, '.')}`,
    plan.args.length > 0
      ? 'What stands after -- is run in the image, so name a program that is there.'
      : `Give the command after --, as in \`drain-check --docker ${plan.name} -- node server.js\`.`,
  );
}

/** Removes a container in whatever state it is. Tells whether it is gone; bounded, never rejects. */
export async function removeContainer(engine: Engine, id: string): Promise<boolean> {
  for (let attempt = 1; attempt <= REMOVE_ATTEMPTS; attempt++) {
    if (attempt > 1) await sleep(REMOVE_AGAIN_MS);
    const answer = await engine.ask(['rm', '-f', '-v', id], REMOVE_TIMEOUT_MS);
    if (answer.code === 0 || /no such container|no container with/i.test(answer.words)) return true;
  }
  return false;
}
