import type { Check } from '../checks/check.js';
import type { ProfileName } from '../plan/types.js';
import { CHECKLIST } from './checklist.js';

const BEGIN = '<!-- generated from the check: do not edit -->';
const END = '<!-- end of the generated part -->';
const PROFILES: readonly ProfileName[] = ['kubernetes', 'load-balancer', 'standalone', 'docker'];

/** The head of a check's page: what the check itself says, so that page and product cannot disagree. */
export function generatedPart(check: Check): string {
  const item = CHECKLIST.find((one) => one.number === check.item);
  const levels = PROFILES.map((profile) => `${check.level(profile)} (${profile})`).join(', ');
  return [
    `# ${check.id}`,
    '',
    `- **Item ${check.item}**: ${item?.item ?? ''}`,
    `- **Kept**: ${check.kept}.`,
    `- **Broken**: ${check.broken}.`,
    `- **Level**: ${levels}`,
    `- **Cure**: ${check.cure}.`,
    '',
    check.why,
  ].join('\n');
}

/** The page with its generated part replaced. */
export function withGeneratedPart(page: string, part: string): string {
  const rest = page.slice(page.indexOf(END) + END.length);
  return `${BEGIN}\n${part}\n${END}${rest}`;
}

/** The page without its generated part. */
export function writtenPart(page: string): string {
  return page.slice(page.indexOf(END) + END.length).trimStart();
}
