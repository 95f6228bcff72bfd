import type { ContainerManifest, ProbeName } from '../plan/manifest.js';
import { commandOf, literalsOf } from './command.js';
import type { Field } from './field.js';
import { hookOf, hookTime } from './hooks.js';
import { declaredPorts, portResolver, type ContainerPort } from './ports.js';
import { probeOf } from './probes.js';
import { serverOf, type Unseen } from './server-timeout.js';

/** A container as it is judged, and what only its rehearsal needs. */
export interface ReadContainer {
  manifest: ContainerManifest;
  ports: ContainerPort[];
  /** Holds secrets as often as not, so it is kept out of what is judged. */
  env: Record<string, string>;
  /** With the values of variables in it. */
  command: string[];
  /** Where it is written, for the patch that is suggested. */
  field: Field;
}

/** Reads one container of a pod. Whether it is served is for its workload to say. */
export function readContainer(field: Field): ReadContainer {
  const ports = declaredPorts(field);
  const portOf = portResolver(ports);
  const env = literalsOf(field);
  const command = commandOf(field, env);
  const preStop = field.get('lifecycle', 'preStop');
  const hook = hookOf(preStop, portOf);
  const stopSignal = field.get('lifecycle', 'stopSignal');
  const probe = (name: ProbeName) => probeOf(field.get(`${name}Probe`), portOf);
  const given = field.get('command');
  const commandAt = given.isNull ? field.get('args').at : given.at;
  return {
    manifest: {
      name: (field.get('name').text ?? '(unnamed)').slice(0, 253),
      image: (field.get('image').text ?? '').slice(0, 500),
      at: field.at,
      servedBy: null,
      preStop: hook === null ? null : { hook, takesMs: hookTime(hook, env), at: preStop.at },
      stopSignal: stopSignal.text === null ? null : { name: stopSignal.text, at: stopSignal.at },
      probes: { readiness: probe('readiness'), liveness: probe('liveness'), startup: probe('startup') },
      command: commandOf(field, {}),
      commandAt,
      entrypointGiven: given.items.length > 0,
      server: serverOf(command, env, commandAt, unseenIn(field)),
    },
    ports,
    env,
    command,
    field,
  };
}

/** Which variables may come from somewhere else: those that say so, and any where all of a ConfigMap is taken. */
function unseenIn(container: Field): Unseen {
  const all = container.get('envFrom').items.length > 0;
  const some = container
    .get('env')
    .items.flatMap((one) => (one.get('valueFrom').isMap ? (one.get('name').text ?? []) : []));
  return (variable) => all || some.includes(variable);
}
