import type { Log, ReportingDescriptor, Result } from 'sarif';
import { escapeControls } from './escape.js';
import { detailsOf, excuseOf, outcomeOf } from './outcome.js';
import type { CheckReport, Report } from './types.js';

/** SARIF 2.1.0 (OASIS): the findings that have a place in a file, that is those in a manifest. */
export function renderSarif(report: Report): string {
  const placed = report.checks.filter((check) => check.location !== null);
  const log: Log = {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: {
            name: report.tool.name,
            version: report.tool.version,
            informationUri: 'https://www.npmjs.com/package/drain-check',
            rules: placed.map(rule),
          },
        },
        invocations: [{ executionSuccessful: report.complete }],
        results: placed.map(result).filter((one) => one !== null),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function rule(check: CheckReport): ReportingDescriptor {
  return {
    id: check.id,
    helpUri: `https://unpkg.com/drain-check/${check.docs}`,
    help: { text: check.fix ?? `drain-check explain ${check.id}` },
  };
}

function result(check: CheckReport): Result | null {
  const { location } = check;
  const outcome = outcomeOf(check);
  if (location === null || outcome === 'kept' || outcome === 'skipped') return null;
  const details = detailsOf(check).filter(([label]) => label !== 'where');
  const text = [check.title, ...details.map(([label, words]) => `${label}: ${escapeControls(words)}`)].join('; ');
  return {
    ruleId: check.id,
    level: outcome === 'noted' ? 'warning' : 'error',
    message: { text },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(location.file) },
          region: { startLine: location.line, startColumn: location.column },
        },
      },
    ],
    ...(outcome === 'excused' ? { suppressions: [{ kind: 'external' as const, justification: excuseOf(check) }] } : {}),
  };
}

/** A path as a reference: relative as it was given, with what a URI cannot hold percent-encoded. */
function uriOf(file: string): string {
  return file.replaceAll('\\', '/').split('/').map(encodePart).join('/');
}

function encodePart(part: string): string {
  // Half of a surrogate pair cannot be encoded at all.
  return encodeURIComponent(part.replace(/[\ud800-\udfff]/gu, '\ufffd'));
}
