import { eventually, type ForeignStation } from '@voltbus/testing';
import { nextCall } from './next-call';
import type { World } from './world';

type Payload = Record<string, unknown>;

interface Installed {
  id: string;
  kind: string;
  state: string;
  answer: string | null;
}

function pathOf({ options }: ForeignStation, more = ''): string {
  return `/v1/stations/${options.station}/${more}`;
}

/** The operator installs a root at the station, which answers so. Returns what the station got, and how the root stands then. */
export async function install(
  world: World,
  station: ForeignStation,
  { kind, pem, status }: { kind: string; pem: string; status: string },
): Promise<{ got: Payload; shown: Installed }> {
  const called = nextCall(station, 'InstallCertificate', { status });
  const { body, status: code } = await world.api.post<Installed>(pathOf(station, 'installed-certificates'), { kind, pem });
  if (code !== 201) throw new Error(`${code} ${JSON.stringify(body)}`);
  const got = await called();
  const path = pathOf(station, `installed-certificates/${body.id}`);
  const shown = await eventually(
    () => world.api.get<Installed>(path),
    (reply) => reply.body.answer !== null,
  );
  return { got, shown: shown.body };
}

/** The operator asks for all certificates of the station, which answers so. Returns those that are known of it then. */
export async function certificatesOf(world: World, station: ForeignStation, ...answers: Payload[]): Promise<Installed[]> {
  let nth = 0;
  station.answer('GetInstalledCertificateIds', () => answers[nth++] ?? { status: 'NotFound' });
  await world.api.post(pathOf(station, 'certificate-report'), {});
  await eventually(
    () => world.api.get<{ completedAt: string | null }>(pathOf(station, 'certificate-report')),
    ({ body }) => body.completedAt !== null,
  );
  return (await world.api.get<{ items: Installed[] }>(pathOf(station, 'installed-certificates?sort=changedAt'))).body.items;
}

/** The operator removes a certificate of the station, which answers so. Returns what the station got, and how the certificate stands then. */
export async function remove(
  world: World,
  station: ForeignStation,
  { id, status }: { id: string; status: string },
): Promise<{ got: Payload; shown: Installed }> {
  const called = nextCall(station, 'DeleteCertificate', { status });
  const path = pathOf(station, `installed-certificates/${id}`);
  await world.api.delete(path);
  const got = await called();
  const shown = await eventually(
    () => world.api.get<Installed>(path),
    ({ body }) => body.answer !== null,
  );
  return { got, shown: shown.body };
}

/** Stands until the upgrade of the station's security profile is in that state. */
export async function upgradeIs(world: World, station: string, state: string): Promise<void> {
  await eventually(
    () => world.api.get<{ state: string }>(`/v1/stations/${station}/security-profile-upgrade`),
    ({ body }) => body.state === state,
  );
}

/** Stands until it is known by which security profile the station is connected. */
export async function profileIsKnown(world: World, station: ForeignStation): Promise<void> {
  await eventually(
    () => world.api.get<{ usedSecurityProfile: number | null }>(`/v1/stations/${station.options.station}`),
    ({ body }) => body.usedSecurityProfile !== null,
  );
}
