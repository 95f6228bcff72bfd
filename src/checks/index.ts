import { announcesConnectionClose } from './announces-connection-close.js';
import { boundsTheWait } from './bounds-the-wait.js';
import type { Check } from './check.js';
import { closesDatabaseConnections } from './closes-database-connections.js';
import { closesIdleConnections } from './closes-idle-connections.js';
import { closesWebsockets } from './closes-websockets.js';
import { dropsNoAcceptedConnection } from './drops-no-accepted-connection.js';
import { exitsCleanly } from './exits-cleanly.js';
import { exitsInTime } from './exits-in-time.js';
import { failsReadiness } from './fails-readiness.js';
import { finishesAcceptedJobs } from './finishes-accepted-jobs.js';
import { finishesAtScale } from './finishes-at-scale.js';
import { finishesCurrentJob } from './finishes-current-job.js';
import { finishesRequests } from './finishes-requests.js';
import { finishesStreams } from './finishes-streams.js';
import { finishesUploads } from './finishes-uploads.js';
import { flushesLogs } from './flushes-logs.js';
import { flushesTelemetry } from './flushes-telemetry.js';
import { handlesSigtermAsPid1 } from './handles-sigterm-as-pid-1.js';
import { handlesSigterm } from './handles-sigterm.js';
import { keepsDatabaseUntilDrained } from './keeps-database-until-drained.js';
import { givesBackUnfinishedJobs } from './gives-back-unfinished-jobs.js';
import { k8sDisruptionBudget } from './k8s-disruption-budget.js';
import { k8sGraceCeiling } from './k8s-grace-ceiling.js';
import { k8sGracePeriodFits } from './k8s-grace-period-fits.js';
import { k8sGracePeriodSet } from './k8s-grace-period-set.js';
import { k8sHealthCheckFits } from './k8s-health-check-fits.js';
import { k8sLivenessSane } from './k8s-liveness-sane.js';
import { k8sMinReadySeconds } from './k8s-min-ready-seconds.js';
import { k8sNotReadyNotPublished } from './k8s-not-ready-not-published.js';
import { k8sPrestopCanRun } from './k8s-prestop-can-run.js';
import { k8sPrestopCoversLag } from './k8s-prestop-covers-lag.js';
import { k8sPrestopFits } from './k8s-prestop-fits.js';
import { k8sPrestopPresent } from './k8s-prestop-present.js';
import { k8sPrestopStatus } from './k8s-prestop-status.js';
import { k8sProbeGraceAccepted } from './k8s-probe-grace-accepted.js';
import { k8sProbeGraceFits } from './k8s-probe-grace-fits.js';
import { k8sProbePortNamed } from './k8s-probe-port-named.js';
import { k8sProbesSeparate } from './k8s-probes-separate.js';
import { k8sReadinessPresent } from './k8s-readiness-present.js';
import { k8sRolloutKeepsCapacity } from './k8s-rollout-keeps-capacity.js';
import { k8sServerTimeoutExplicit } from './k8s-server-timeout-explicit.js';
import { k8sSignalReachesApp } from './k8s-signal-reaches-app.js';
import { k8sSpareReplica } from './k8s-spare-replica.js';
import { k8sStopSignalUnderstood } from './k8s-stop-signal-understood.js';
import { keepsLiveness } from './keeps-liveness.js';
import { leavesNothingBehind } from './leaves-nothing-behind.js';
import { livenessIgnoresDependencies } from './liveness-ignores-dependencies.js';
import { noResetOnReuse } from './no-reset-on-reuse.js';
import { readinessDoesNotFlap } from './readiness-does-not-flap.js';
import { readinessFailsFirst } from './readiness-fails-first.js';
import { rolloutLosesNothing } from './rollout-loses-nothing.js';
import { separateProbes } from './separate-probes.js';
import { servesUntilDerouted } from './serves-until-derouted.js';
import { signalReachesServer } from './signal-reaches-server.js';
import { stopsAccepting } from './stops-accepting.js';
import { stopsDuringStartup } from './stops-during-startup.js';
import { survivesRepeatedSignal } from './survives-repeated-signal.js';
import { takesNoNewJob } from './takes-no-new-job.js';
import { tellsWebsocketClients } from './tells-websocket-clients.js';
import { treatsSigintAlike } from './treats-sigint-alike.js';
import { turnsAwayNewJobs } from './turns-away-new-jobs.js';

/** The catalogue, in the order of the checklist. */
export const CHECKS: readonly Check[] = [
  handlesSigterm,
  signalReachesServer,
  exitsInTime,
  exitsCleanly,
  leavesNothingBehind,
  survivesRepeatedSignal,
  treatsSigintAlike,
  stopsDuringStartup,
  handlesSigtermAsPid1,
  k8sSignalReachesApp,
  k8sStopSignalUnderstood,
  stopsAccepting,
  dropsNoAcceptedConnection,
  servesUntilDerouted,
  rolloutLosesNothing,
  announcesConnectionClose,
  closesIdleConnections,
  noResetOnReuse,
  k8sNotReadyNotPublished,
  k8sRolloutKeepsCapacity,
  k8sMinReadySeconds,
  k8sSpareReplica,
  k8sDisruptionBudget,
  finishesRequests,
  finishesUploads,
  finishesStreams,
  closesWebsockets,
  tellsWebsocketClients,
  finishesAcceptedJobs,
  turnsAwayNewJobs,
  finishesCurrentJob,
  takesNoNewJob,
  givesBackUnfinishedJobs,
  boundsTheWait,
  finishesAtScale,
  closesDatabaseConnections,
  keepsDatabaseUntilDrained,
  livenessIgnoresDependencies,
  flushesTelemetry,
  flushesLogs,
  k8sPrestopPresent,
  k8sPrestopFits,
  k8sPrestopCanRun,
  k8sPrestopCoversLag,
  k8sPrestopStatus,
  k8sGracePeriodFits,
  k8sGracePeriodSet,
  k8sGraceCeiling,
  k8sServerTimeoutExplicit,
  k8sProbeGraceAccepted,
  k8sProbeGraceFits,
  failsReadiness,
  readinessFailsFirst,
  readinessDoesNotFlap,
  keepsLiveness,
  separateProbes,
  k8sReadinessPresent,
  k8sProbesSeparate,
  k8sLivenessSane,
  k8sProbePortNamed,
  k8sHealthCheckFits,
];
