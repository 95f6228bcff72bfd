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
        results: placed.flatMap(resultsOf),
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

/** One for each finding, or one for the check. */
function resultsOf(check: CheckReport): Result[] {
  const { location, findings } = check;
  const outcome = outcomeOf(check);
  if (location === null || outcome === 'kept' || outcome === 'skipped') return [];
  if (findings !== undefined)
    return findings
      .filter(({ severity }) => severity !== 'note')
      .map((finding) => {
        const cure = finding.fix ?? check.fix;
        const words = [finding.text, ...(cure === null ? [] : [`cure: ${cure}`])].map(escapeControls).join('; ');
        return result(check, finding, words, finding.severity === 'error' ? 'error' : 'warning');
      });
  const details = detailsOf(check).filter(([label]) => label !== 'where');
  const text = details.map(([label, words]) => `${label}: ${escapeControls(words)}`).join('; ');
  return [result(check, location, text, outcome === 'noted' ? 'warning' : 'error')];
}

function result(
  check: CheckReport,
  location: { file: string; line: number; column: number },
  words: string,
  level: 'error' | 'warning',
): Result {
  const text = `${check.title}; ${words}`;
  return {
    ruleId: check.id,
    level,
    message: { text },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(location.file) },
          region: { startLine: location.line, startColumn: location.column },
        },
      },
    ],
    ...(outcomeOf(check) === 'excused'
      ? { suppressions: [{ kind: 'external' as const, justification: excuseOf(check) }] }
      : {}),
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
