import type { CommandRequest } from '@voltbus/contracts';
import { NOT_SENT, OLD, forCampaigns } from '../testing/for-campaigns';
import { processOf } from '../testing/rolled-out-stations';
import { CONFIGURATION } from '../testing/works';

const at = forCampaigns();
const { shown, last, end } = at;

describe('a set of values', () => {
  const set = (values: readonly object[]) =>
    at.stations.create({}, { kind: 'configuration', work: { ...CONFIGURATION.campaign.work, values } });
  const value = (name: object, value_ = '1') => ({ ...name, attribute: 'Actual', value: value_ });
  const [HEARTBEAT, OWN, RETRIES] = [{ key: 'HeartbeatInterval' }, { key: 'AcmeLight' }, { component: 'TxCtrlr', variable: 'AcmeRetries' }];
  const resultsOf = async (campaign: string) => {
    const rows: { items: { result: string | null }[] }[] = await at.service.database.query(
      'SELECT items FROM device_config.campaign_settings WHERE campaign = $1',
      [campaign],
    );
    return rows[0]?.items.map(({ result }) => result);
  };
  /** The status of one of the values of a message. */
  const result = ({ payload }: CommandRequest, at: number, attributeStatus: string) => {
    const { component, variable } = (payload as { setVariableData: { component: object; variable: object }[] }).setVariableData[at] ?? {};
    return { component, variable, attributeStatus };
  };
  /** The keys or variables of each message. */
  const sent = () =>
    at.stations.sent.map(({ payload }) => {
      const { key, setVariableData } = payload as { key?: string; setVariableData?: { variable: { name: string } }[] };
      return key ?? setVariableData?.map(({ variable }) => variable.name);
    });

  it('goes to a station of 1.6 key by key, and has failed with the first one that it did not take', async () => {
    await at.stations.add(['old'], OLD);
    const campaign = await set([value(HEARTBEAT, '300'), value(OWN), value(RETRIES), value({ key: 'AcmeSound' })]);
    await at.stations.look();
    await end({ response: { status: 'Accepted' } });
    await end({ response: { status: 'NotSupported' } });
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['old started null']);
    await end({ response: { status: 'RebootRequired' } });
    await end({ response: { status: 'Rejected' } }); // twice is once
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['old failed not-supported']);
    expect(await resultsOf(campaign)).toEqual(['accepted', 'not-supported', 'unknown-variable', 'reboot-required']);
    expect(sent()).toEqual(['HeartbeatInterval', 'AcmeLight', 'AcmeSound']);
  });

  it('goes to a station of 2.x in messages of the size that it takes, and has succeeded where a reboot is left to do', async () => {
    await at.stations.add(['two']);
    const told = { component: 'DeviceDataCtrlr', variable: 'ItemsPerMessage', variableInstance: 'SetVariables', key: null };
    await at.service.deviceModel.model.observe(
      { tenant: 'default', station: 'two' },
      [{ name: { ...told, componentInstance: null, evse: null, connector: null }, attributes: [{ type: 'Actual', value: '2' }] }],
      { source: 'report', at: new Date() },
    );
    const campaign = await set([value(HEARTBEAT, '300'), value(RETRIES), value({ component: 'TxCtrlr', variable: 'AcmeLimit' })]);
    await at.stations.look();
    await end({ response: { setVariableResult: [result(last(), 1, 'RebootRequired'), result(last(), 0, 'Accepted')] } }); // in any order
    await end({ response: { setVariableResult: [result(last(), 0, 'Accepted')] } });
    await at.stations.look();
    expect(sent()).toEqual([['HeartbeatInterval', 'AcmeRetries'], ['AcmeLimit']]);
    expect([await shown(campaign), await resultsOf(campaign)]).toEqual([
      ['two succeeded reboot-required'],
      ['accepted', 'reboot-required', 'accepted'],
    ]);
    expect(at.stations.sent.map(({ action }) => action)).not.toContain('Reset');
  });

  it('has failed where the station leaves a value out of its answer, or answers with an error', async () => {
    await at.stations.add(['silent']);
    const first = await set([value(RETRIES)]);
    await at.stations.look();
    await end({ response: { setVariableResult: [] } });
    await at.stations.look();
    expect(await shown(first)).toEqual(['silent failed not-answered']);
    const second = await set([value(RETRIES)]);
    await at.stations.look();
    await end({ status: 'error', error: { code: 'NotSupported', description: '' } });
    await at.stations.look();
    expect(await shown(second)).toEqual(['silent failed not-supported']);
  });

  it('skips a station whose version has none of them', async () => {
    await at.stations.add(['old'], OLD);
    const campaign = await set([value(RETRIES)]);
    await at.stations.look();
    expect([await shown(campaign), at.stations.sent]).toEqual([['old skipped does-not-fit'], []]);
  });

  it('is tried three times at a station that does not answer, which then is sent no more', async () => {
    await at.stations.add(['mute'], OLD);
    const campaign = await set([value(HEARTBEAT, '300'), value(OWN)]);
    await at.stations.look();
    for (const minutes of [11, 21]) {
      await end({ status: 'unknown' });
      await at.stations.look(minutes);
    }
    await end({ status: 'unknown' });
    await at.stations.look(60);
    expect([sent(), await shown(campaign)]).toEqual([Array(3).fill('HeartbeatInterval'), ['mute failed not-answered']]);
    expect(await resultsOf(campaign)).toEqual(['not-answered', 'not-sent']);
  });

  it('is begun anew where the station went before it was sent anything, and not sent after a pause', async () => {
    await at.stations.add(['away'], OLD);
    const campaign = await set([value(HEARTBEAT, '300')]);
    await at.stations.look();
    await end(NOT_SENT);
    await at.stations.setOnline('away', false);
    await at.stations.look(6);
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['away pending null']);
    await at.stations.setOnline('away', true);
    await at.stations.look(3);
    await end(NOT_SENT);
    await at.stations.process.campaigns.pause('default', campaign);
    await at.stations.process.rollout.sweep();
    await at.stations.look(2);
    expect([sent().length, await shown(campaign)]).toEqual([2, ['away pending null']]);
  });

  it('is over after its hours at a station that went half-way', async () => {
    await at.stations.add(['half'], OLD);
    const campaign = await set([value(HEARTBEAT, '300'), value(OWN)]);
    await at.stations.look();
    await end({ response: { status: 'Accepted' } });
    await end(NOT_SENT);
    await at.stations.setOnline('half', false);
    await at.stations.look(23 * 60);
    expect(await shown(campaign)).toEqual(['half started null']);
    await at.stations.look(60);
    await at.stations.look();
    expect([await shown(campaign), await resultsOf(campaign)]).toEqual([['half failed not-sent'], ['accepted', 'not-sent']]);
  });

  it('waits for another campaign at the station, and sends what a process left unsent under the same id', async () => {
    await at.stations.add(['busy'], OLD);
    await set([value(HEARTBEAT, '300')]);
    const process = processOf(at.stations);
    await process.rollout.sweep();
    const second = await set([value(OWN)]);
    await process.rollout.sweep();
    expect([sent(), await shown(second)]).toEqual([['HeartbeatInterval'], ['busy pending null']]);
    await at.service.database.query('UPDATE device_config.campaign_settings SET published = false');
    await at.stations.look();
    expect(new Set(at.stations.sent.map(({ id }) => id)).size).toBe(1);
    expect(at.stations.sent).toHaveLength(2);
  });
});
