import { SECRET, type Values } from './context';
import { imageOf } from './images';

interface PodOptions {
  values: Values;
  command: readonly string[];
  /** Mounts the Secret at /etc/voltbus/secrets. */
  secret?: boolean;
}

/** A pod of our image that Pod Security `restricted` admits, for what is done from within the cluster. It runs once. */
export function restrictedPod(name: string, { values, command, secret = false }: PodOptions): object {
  const mounts = secret ? [{ name: 'secrets', mountPath: '/etc/voltbus/secrets', readOnly: true }] : [];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name,
          image: imageOf(values.image),
          imagePullPolicy: 'IfNotPresent',
          command,
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...mounts],
        },
      ],
      volumes: [{ name: 'tmp', emptyDir: {} }, ...(secret ? [{ name: 'secrets', secret: { secretName: SECRET } }] : [])],
    },
  };
}
