import type { Field } from './field.js';
import type { PortOf } from './hooks.js';

export interface ContainerPort {
  name: string | null;
  port: number;
}

/** The ports that a container declares. */
export function declaredPorts(container: Field): ContainerPort[] {
  return container.get('ports').items.flatMap((one) => {
    const port = one.get('containerPort').whole;
    return port === null ? [] : [{ name: one.get('name').text, port }];
  });
}

/** Resolves a port of a probe or a hook: a number need not be declared, a name must be. */
export function portResolver(ports: readonly ContainerPort[]): PortOf {
  return (field) => {
    if (field.whole !== null) return field.whole;
    const text = field.text ?? '';
    // A number in quotes is a number to the API when it is all digits.
    if (/^\d{1,5}$/.test(text)) return Number(text);
    return ports.find((one) => one.name === text)?.port ?? null;
  };
}
