import { SealedSecrets, commandRequestSchema, COMMANDS, hashStationKey, type CommandRequest, type StationRef } from '@voltbus/contracts';
import { endedCommand } from '../testing/fake-commands';
import { PEPPER, startService, type ServiceFixture } from '../testing/start-service';
import { passwordRotation } from './block';

let service: ServiceFixture;
const sent: CommandRequest[] = [];
beforeAll(async () => {
  service = await startService();
  await service.bus.follow({
    name: 'commands',
    topic: COMMANDS,
    handle: ({ value }) => void sent.push(commandRequestSchema.parse(JSON.parse(value.toString()))),
  });
});
afterAll(() => service?.close());

const OLD = 'the old password of it';
const hash = (ref: StationRef, password: string) => hashStationKey(PEPPER, ref, Buffer.from(password));

/** A station whose rotation has been sent: the command, and the password that it carries. */
async function rotating(station: string) {
  const ref = { tenant: 'default', station };
  const { rotations } = service.service.use(passwordRotation);
  await service.stations.put(ref, { password: OLD });
  await service.database.query(`UPDATE device_config.stations SET protocol = 'ocpp1.6', online = true WHERE station = $1`, [station]);
  await rotations.start(ref, { actor: 'administrator' });
  await rotations.sweep();
  const command = sent.filter((one) => one.station === station).at(-1);
  if (command === undefined) throw new Error('nothing was sent');
  const opened = new SealedSecrets(PEPPER).opened(ref, command.payload) as { value: string };
  const accepts = async () => {
    const [profile] = await service.profilesOf([ref]);
    return [OLD, opened.value].map((password) => profile?.keyHashes.includes(hash(ref, password)));
  };
  const end = (outcome: object) => rotations.onEnded(endedCommand({ ...command, ...outcome }));
  const connect = async () => {
    const id = (await rotations.find(ref))?.id ?? '';
    const event = { ...ref, protocol: 'ocpp1.6', gateway: 'gw', epoch: 1, at: new Date().toISOString(), reason: 'connected' } as const;
    await rotations.onConnected({ ...event, passwordRotation: id });
  };
  return { ref, rotations, command, password: opened.value, accepts, end, connect };
}

describe('A01: the rotation of a password', () => {
  it('sends a key of 20 bytes, sealed, and accepts both until the station has come with the new one', async () => {
    const { rotations, ref, command, password, accepts, end, connect } = await rotating('taken');
    expect(password).toMatch(/^[0-9a-f]{40}$/);
    expect(JSON.stringify(command)).not.toContain(password);
    expect(await accepts()).toEqual([true, true]);
    await end({ response: { status: 'Accepted' } });
    expect(await accepts()).toEqual([true, true]);
    await connect();
    expect(await accepts()).toEqual([false, true]);
    expect(await rotations.find(ref)).toMatchObject({ state: 'done', sealed: null });
  });

  it('A01.FR.04: keeps the old one where the station refuses', async () => {
    const { accepts, end, rotations, ref } = await rotating('refused');
    await end({ response: { status: 'Rejected' } });
    expect(await accepts()).toEqual([true, false]);
    expect(await rotations.find(ref)).toMatchObject({ state: 'refused', sealed: null });
  });

  it('keeps both without an answer, also when the repeat is refused', async () => {
    const { accepts, end, rotations, ref, command } = await rotating('silent');
    await end({ status: 'unknown' });
    await rotations.start(ref, { actor: 'administrator' });
    await rotations.sweep();
    const again = sent.filter((one) => one.station === 'silent').at(-1);
    expect(again?.id).not.toBe(command.id);
    expect(again?.payload).toEqual(command.payload);
    await rotations.onEnded(endedCommand({ ...(again as CommandRequest), response: { status: 'Rejected' } }));
    expect(await accepts()).toEqual([true, true]);
    expect(await rotations.find(ref)).toMatchObject({ state: 'unconfirmed' });
  });
});
