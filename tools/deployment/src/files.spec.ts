import { EVERYTHING, OWN } from './chart-values';
import { helmFails } from './helm';
import { CHART, render, withValues, type KubernetesObject } from './render';
import { podsOf } from './rules';
import { environmentOf, named, ofMatrix } from './testing/rendered';

const everything = render(EVERYTHING);

describe('files of the chart', () => {
  it.each([
    ['two places of files', { files: { s3: { bucket: 'abc' }, persistence: { enabled: true } } }, /files are kept in one of them/],
    [
      'a volume of one pod for more of them',
      { files: { persistence: { enabled: true, accessModes: ['ReadWriteOnce'] } } },
      /no ReadWriteMany: the API is one pod/,
    ],
    ['an access key among the settings', { settings: { FILES_S3_ACCESS_KEY: 'x' } }, /FILES_S3_ACCESS_KEY/],
    ['credentials in the URL of S3', { files: { s3: { bucket: 'abc', endpoint: 'https://u:p@s3.example' } } }, /endpoint/],
  ])('refuses %s', (_what, values, message) => {
    withValues(OWN, (own) =>
      withValues(values, (file) => expect(helmFails(['template', 'x', CHART, '-f', own, '-f', file])).toMatch(message)),
    );
  });

  it('keeps files in S3, which the API alone knows and may reach', () => {
    const environment = environmentOf(everything, 'api');
    expect(environment).toMatchObject({
      VOLTBUS_FILES_S3_BUCKET: 'voltbus',
      ...{ VOLTBUS_FILES_S3_ENDPOINT: 'https://s3.example:9000', VOLTBUS_FILES_S3_REGION: 'us-east-1', VOLTBUS_FILES_S3_PREFIX: 'a/' },
      VOLTBUS_FILES_S3_ACCESS_KEY_FILE: '/etc/voltbus/secrets/files-s3-access-key',
      VOLTBUS_FILES_S3_CA_FILE: '/etc/voltbus/files-s3-ca/ca.crt',
    });
    expect(environment).not.toHaveProperty('VOLTBUS_FILES_DIR');
    for (const component of ['device-config', 'gateway'])
      expect(Object.keys(environmentOf(everything, component)).filter((name) => name.includes('FILES_'))).toEqual([]);
    const egress = (objects: KubernetesObject[], component: string) =>
      (named(objects, 'NetworkPolicy', component)['spec'] as { egress: { ports: { port: number }[]; to?: object[] }[] }).egress;
    expect(egress(everything, 'api')).toContainEqual({
      ports: [{ port: 9000, protocol: 'TCP' }],
      to: EVERYTHING.networkPolicy.filesTo,
    });
    expect(egress(everything, 'device-config').flatMap(({ ports }) => ports.map(({ port }) => port))).not.toContain(9000);
    const aws = render({ ...OWN, files: { s3: { bucket: 'abc' } } });
    expect(egress(aws, 'api')).toContainEqual({ ports: [{ port: 443, protocol: 'TCP' }] });
    expect(environmentOf(ofMatrix('a trial with files in S3'), 'standalone')).toMatchObject({
      ...{ VOLTBUS_FILES_S3_BUCKET: 'voltbus', VOLTBUS_FILES_S3_SECRET_KEY_FILE: '/etc/voltbus/secrets/files-s3-secret-key' },
    });
  });

  it('keeps files on a volume that the pods of the API share and that outlives the release', () => {
    const objects = ofMatrix('a volume of files');
    expect(named(objects, 'PersistentVolumeClaim', 'files')).toMatchObject({
      metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } },
      spec: { accessModes: ['ReadWriteMany'], storageClassName: 'nfs', resources: { requests: { storage: '20Gi' } } },
    });
    const mounting = (all: KubernetesObject[]) =>
      podsOf(all).flatMap(({ place, spec }) =>
        (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim }) =>
          name === 'files'
            ? [[place, persistentVolumeClaim?.claimName, spec.containers[0]?.volumeMounts?.find((one) => one.name === name)]]
            : [],
        ),
      );
    const mount = { name: 'files', mountPath: '/var/lib/voltbus/files' };
    expect(mounting(objects)).toEqual([['Deployment charge-voltbus-api', 'charge-voltbus-files', mount]]);
    expect(environmentOf(objects, 'api')).toMatchObject({ VOLTBUS_FILES_DIR: '/var/lib/voltbus/files' });
    const own = render({
      ...OWN,
      ...{ api: { replicas: 1, autoscaling: { enabled: false } } },
      files: { persistence: { enabled: true, existingClaim: 'mine', accessModes: ['ReadWriteOnce'] } },
    });
    expect(mounting(own)).toEqual([['Deployment charge-voltbus-api', 'mine', mount]]);
    expect([...own, ...ofMatrix('the defaults on existing servers')].map(({ kind }) => kind)).not.toContain('PersistentVolumeClaim');
  });
});
