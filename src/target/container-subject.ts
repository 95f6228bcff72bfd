import { DrainCheckError } from '../errors.js';
import type { ContainerTarget } from '../plan/types.js';
import { parseImage, stopSignalIn, type ContainerFacts } from './container-facts.js';
import { inspectContainer } from './container-process.js';
import type { Engine } from './engine.js';

/** What a name stands for: an image to run afresh, or a container that runs already. */
export type Subject =
  | { kind: 'image'; stopSignal: string | null }
  | { kind: 'container'; id: string; name: string; image: string; stopSignal: string | null };

/**
 * Finds what the plan names.
 * @throws DrainCheckError `no-such-target`, `usage` or `engine-failed`
 */
export async function findSubject(engine: Engine, plan: ContainerTarget): Promise<Subject> {
  if (plan.compose) {
    const container = await inspectContainer(engine, await serviceContainer(engine, plan.name));
    if (container?.running === true) return taken(plan, container);
    throw notRunning(plan, `${engine.name} compose up -d ${plan.name}`);
  }
  const [container, image] = await Promise.all([inspectContainer(engine, plan.name), inspectImage(engine, plan)]);
  // The beginning of an id is a name too, and an image that is really called that goes first.
  if (container !== null && (container.name === plan.name || image === null)) {
    if (container.running) return taken(plan, container);
    const tag = image === null ? '' : `, or name the image with its tag, as in ${plan.name}:latest`;
    throw notRunning(plan, `${engine.name} start ${plan.name}`, tag);
  }
  if (image !== null) return image;
  throw new DrainCheckError(
    'no-such-target',
    `There is neither a container nor an image ${plan.name}.`,
    `Images are not pulled: run \`${engine.name} pull ${plan.name}\` or build it first.`,
  );
}

async function inspectImage(
  engine: Engine,
  plan: ContainerTarget,
): Promise<Extract<Subject, { kind: 'image' }> | null> {
  const answer = await engine.ask(['inspect', '--type', 'image', plan.name]);
  const image = answer.code === 0 ? parseImage(answer.stdout) : null;
  return image === null ? null : { kind: 'image', stopSignal: stopSignalIn(plan.runArgs) ?? image.stopSignal };
}

function taken(plan: ContainerTarget, { id, name, image, stopSignal }: ContainerFacts): Subject {
  const given = [
    ...(plan.args.length > 0 ? [`the command ${plan.args.join(' ')}`] : []),
    ...(plan.runArgs.length > 0 ? ['--docker-run-arg'] : []),
    ...(Object.keys(plan.env).length > 0 ? ['--env'] : []),
  ];
  if (given.length > 0) {
    throw new DrainCheckError(
      'usage',
      `The container ${name} runs already, so ${given.join(' and ')} cannot be given to it.`,
      'Leave that out, or name an image, which is run afresh.',
    );
  }
  return { kind: 'container', id, name, image, stopSignal };
}

/** The id of the one container of a service of the Compose project in the engine's directory. */
async function serviceContainer(engine: Engine, service: string): Promise<string> {
  const answer = await engine.ask(['compose', 'ps', '-q', service]);
  if (answer.code !== 0 && !/no such service/i.test(answer.words)) {
    const hint =
      'Compose has to be installed (`docker compose version`), and its file in this directory, or in that of --cwd.';
    throw engine.failure('compose failed', answer, hint);
  }
  const ids = answer.stdout.split('\n').filter((line) => /^[0-9a-f]{12,64}$/.test(line.trim()));
  const [id] = ids;
  if (id !== undefined && ids.length === 1) return id.trim();
  throw ids.length > 1
    ? new DrainCheckError(
        'no-such-target',
        `The service ${service} has ${ids.length} containers, and only one can be taken.`,
        `Name one of them with --docker; \`${engine.name} compose ps\` lists them.`,
      )
    : new DrainCheckError(
        'no-such-target',
        `No container of the service ${service} is running.`,
        `Start it with \`${engine.name} compose up -d ${service}\`; \`${engine.name} compose ps --services\` lists what there is.`,
      );
}

function notRunning(plan: ContainerTarget, start: string, otherwise = ''): DrainCheckError {
  return new DrainCheckError(
    'no-such-target',
    `The container ${plan.name} is not running.`,
    `Start it with \`${start}\`${otherwise}.`,
  );
}
