import { formatDuration } from '../../plan/durations.js';
import { escapeControls } from '../escape.js';
import type { PodReport } from '../types.js';
import { glyphs } from './marks.js';
import type { Style } from './style.js';
import { joinWithin, pad } from './text.js';

const TIME_WIDTH = 10;

/** How the end of a pod was played: under what circumstances, then what was done when. */
export function drawPod(pod: PodReport, style: Style): string[] {
  const { dot } = glyphs(style);
  const circumstances = [
    `kubelet ${escapeControls(pod.kubelet)}`,
    `grace ${formatDuration(pod.graceMs)}`,
    pod.kubeletLagMs === 0 ? null : `kubelet lag ${formatDuration(pod.kubeletLagMs)}`,
    `routes lag ${formatDuration(pod.routingLagMs)}`,
    pod.hostSemantics === null ? 'as PID 1' : `host semantics: ${escapeControls(pod.hostSemantics)}`,
    pod.timeScale === 1 ? null : `scaled: waits ${pod.timeScale} times shorter`,
  ].filter((words) => words !== null);
  const events = pod.events.map(({ atMs, what, detail }) => {
    const more = detail === null ? '' : `: ${escapeControls(detail)}`;
    return `${pad(formatDuration(atMs), TIME_WIDTH)}${escapeControls(what)}${more}`;
  });
  const missing = (pod.sidecars ?? []).flatMap(({ name, notStarted }) =>
    notStarted === null ? [] : [escapeControls(`sidecar ${name} not started: ${notStarted}`)],
  );
  return [...joinWithin(circumstances, ` ${dot} `, style.width - 4), ...missing, ...events].map((line) =>
    style.dim(`    ${line}`),
  );
}
