import { subjectsOf } from './manifest-subjects.js';
import { defineRule, error, warning } from './rule.js';

/** In every version up to 1.36 the field is behind a gate that is off. */
const GENERAL_SINCE = 37;

export const k8sStopSignalUnderstood = defineRule({
  id: 'k8s-stop-signal-understood',
  item: 1,
  level: 'must',
  topic: 'The stop signal of the container',
  kept: 'The stop signal of the manifest is understood',
  broken: 'The stop signal of the manifest is not understood',
  why: 'A signal that the API refuses, or drops because its gate is off, is not the one that comes: the application is sent SIGTERM, or what its image names.',
  sources: [
    { mark: 'K', text: 'Kubernetes 1.33, ContainerStopSignals: lifecycle.stopSignal is alpha and needs spec.os.name' },
  ],
  cure: 'name the signal in the image with STOPSIGNAL, or handle SIGTERM',
  expected: 'lifecycle.stopSignal stands beside spec.os.name, in a cluster that knows it',
  without: 'no container names a stop signal in the manifest',
  look: (manifest) => {
    const subjects = subjectsOf(manifest).filter(({ container }) => container.stopSignal !== null);
    const { kubeMinor } = manifest;
    const findings = subjects.flatMap(({ workload, container: { stopSignal }, name }) => {
      if (stopSignal === null) return [];
      if (workload.osName === null)
        return [
          error(
            stopSignal.at,
            `${name} names ${stopSignal.name} without spec.os.name, and the API refuses that`,
            'add os: {name: linux} to the pod’s spec',
          ),
        ];
      if (kubeMinor !== null && kubeMinor >= GENERAL_SINCE) return [];
      const version = kubeMinor === null ? 'up to 1.36 (--kube-version says which it is)' : `in 1.${kubeMinor}`;
      return [
        warning(
          stopSignal.at,
          `${name} names ${stopSignal.name}, which ${version} counts only with the gate ContainerStopSignals on`,
        ),
      ];
    });
    return { looked: subjects.length, findings };
  },
});
