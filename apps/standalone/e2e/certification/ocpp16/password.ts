import { upgrade } from '../upgrade';
import { rotate, rotationIs } from '../rotating';
import { PASSWORD, type World } from '../world';

export function password(world: () => World): void {
  it('TC_073_CSMS sends a new key, and takes it alone when the station has come with it', async () => {
    const station = await world().booted('ocpp1.6');
    const name = station.options.station;
    const url = `${world().url}/${name}`;
    const call = await rotate(world(), station, 'ChangeConfiguration', { status: 'Accepted' });
    expect(call).toEqual({ key: 'AuthorizationKey', value: expect.stringMatching(/^[0-9a-f]{40}$/) });
    await rotationIs(world(), station, 'accepted');
    expect(await upgrade(url, ['ocpp1.6'], name, String(call['value']))).toBe('ocpp1.6');
    await rotationIs(world(), station, 'done');
    expect(await upgrade(url, ['ocpp1.6'], name, PASSWORD)).toBe(401);
    expect(await upgrade(url, ['ocpp1.6'], name, String(call['value']))).toBe('ocpp1.6');
  });
}
