import type { Field } from './field.js';

/** The variables of a container whose value stands in the manifest. References to others in front of them are replaced. */
export function literalsOf(container: Field): Record<string, string> {
  const env: Record<string, string> = {};
  for (const one of container.get('env').items) {
    const name = one.get('name').text;
    const value = one.get('value');
    if (name !== null && name !== '' && value.text !== null && !one.get('valueFrom').isMap)
      env[name] = expand(value.text, env);
  }
  return env;
}

/** `$(NAME)` as Kubernetes replaces it: known variables by their value, `$$` by a `$`, others not at all. */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^()\s]+)\)/g, (all, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(env, name) ? (env[name] ?? all) : all;
  });
}

/** command and args of a container, as far as they are given. */
export function commandOf(container: Field, env: Readonly<Record<string, string>>): string[] {
  return [...container.get('command').texts, ...container.get('args').texts].map((word) => expand(word, env));
}
