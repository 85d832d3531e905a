import type { ProtocolName } from '@voltbus/testing';
import { rotate, rotationIs } from '../rotating';
import { upgrade } from '../upgrade';
import { PASSWORD, type World } from '../world';

const NAMED = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } };

export function password(world: () => World, protocol: ProtocolName): void {
  it('TC_A_09_CSMS sends a new password, and takes it alone when the station has come with it', async () => {
    const station = await world().booted(protocol);
    const name = station.options.station;
    const url = `${world().url}/${name}`;
    const call = await rotate(world(), station, 'SetVariables', { setVariableResult: [{ ...NAMED, attributeStatus: 'Accepted' }] });
    expect(call).toEqual({ setVariableData: [{ ...NAMED, attributeValue: expect.stringMatching(/^.{16,40}$/) }] });
    const [{ attributeValue }] = call['setVariableData'] as [{ attributeValue: string }];
    await rotationIs(world(), station, 'accepted');
    expect(await upgrade(url, [protocol], name, attributeValue)).toBe(protocol);
    await rotationIs(world(), station, 'done');
    expect(await upgrade(url, [protocol], name, PASSWORD)).toBe(401);
    expect(await upgrade(url, [protocol], name, attributeValue)).toBe(protocol);
  });

  it('TC_A_10_CSMS takes the old password after the station has rejected a new one', async () => {
    const station = await world().booted(protocol);
    const name = station.options.station;
    const url = `${world().url}/${name}`;
    const call = await rotate(world(), station, 'SetVariables', { setVariableResult: [{ ...NAMED, attributeStatus: 'Rejected' }] });
    const [{ attributeValue }] = call['setVariableData'] as [{ attributeValue: string }];
    await rotationIs(world(), station, 'refused');
    expect(await upgrade(url, [protocol], name, attributeValue)).toBe(401);
    expect(await upgrade(url, [protocol], name, PASSWORD)).toBe(protocol);
  });
}
