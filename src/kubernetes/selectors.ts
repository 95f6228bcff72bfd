import type { Field } from './field.js';

export type Labels = Readonly<Record<string, string>>;

/** The text values of a map. */
export function labelsOf(field: Field): Labels {
  return Object.fromEntries(field.entries.flatMap(([key, value]) => (value.text === null ? [] : [[key, value.text]])));
}

/** Whether a Service's selector, which is labels alone and never empty, selects these labels. */
export function servesLabels(selector: Field, labels: Labels): boolean {
  const wanted = Object.entries(labelsOf(selector));
  return wanted.length > 0 && wanted.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

/**
 * Whether a label selector (matchLabels and matchExpressions, all of which must hold) selects these labels. An empty one
 * selects everything, one that is absent nothing.
 */
export function selects(selector: Field, labels: Labels): boolean {
  if (!selector.isMap) return false;
  const matched = Object.entries(labelsOf(selector.get('matchLabels'))).every(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] === value,
  );
  return matched && selector.get('matchExpressions').items.every((one) => holds(one, labels));
}

function holds(expression: Field, labels: Labels): boolean {
  const key = expression.get('key').text ?? '';
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  const values = expression.get('values').texts;
  switch (expression.get('operator').text ?? '') {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      // No such operator: the API refuses it, and it selects nothing.
      return false;
  }
}
