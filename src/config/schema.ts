import type { OptionSpec } from '../plan/options.js';

/** The JSON Schema of a configuration file, made from the options themselves, so that editors complete it. */
export function configSchema(specs: readonly OptionSpec[]): Record<string, unknown> {
  const properties: Record<string, unknown> = {
    command: {
      description: 'what to start: a list of words, or a text that needs no quotes',
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', items: { type: 'string' }, minItems: 1 },
      ],
    },
  };
  for (const spec of specs) {
    if (spec.name === 'config' || spec.name === 'target-name') continue;
    properties[spec.name] = {
      description: spec.description,
      ...typeOf(spec),
      ...(spec.default === null ? {} : { default: defaultOf(spec.default) }),
    };
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://unpkg.com/drain-check/schema/config.schema.json',
    title: 'drain-check configuration',
    description:
      'drain-check.config.yaml, .json, .js or .ts, or the key drain-check of package.json. Options as on the command line; durations like 500ms, 2s or 1m30s.',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      ...properties,
      targets: {
        description: 'several targets by name, chosen with --target-name; what stands beside this is shared by all',
        type: 'object',
        additionalProperties: { type: 'object', additionalProperties: false, properties },
      },
    },
  };
}

const scalar = { type: ['string', 'number'] };

function typeOf({ name, value, repeatable }: OptionSpec): Record<string, unknown> {
  if (value === null) return { type: 'boolean' };
  const list = { type: 'array', items: scalar };
  const map = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } };
  if (name === 'env' || name === 'header') return { anyOf: [map, list, scalar] };
  if (repeatable || value.includes('codes')) return { anyOf: [list, scalar] };
  return scalar;
}

function defaultOf(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}
