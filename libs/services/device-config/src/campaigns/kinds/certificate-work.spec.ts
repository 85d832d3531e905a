import { endedCommand } from '../../testing/fake-commands';
import { NOT_SENT, OLD, forCampaigns } from '../testing/for-campaigns';
import { CERTIFICATE } from '../testing/works';

const at = forCampaigns();
const { shown, last, end } = at;

describe('a new certificate', () => {
  const renew = (kind = 'ChargingStationCertificate') =>
    at.stations.create({}, { kind: 'certificate', work: { ...CERTIFICATE.campaign.work, certificate: kind } });
  const setOrganization = (organization: string | null) =>
    at.service.database.query('UPDATE device_config.tenants SET certificate_organization = $1', [organization]);
  beforeAll(() => setOrganization('ACME'));
  afterAll(() => setOrganization(null));

  it('has succeeded when the station has taken it, not when it has only accepted to ask', async () => {
    await at.stations.add(['two']);
    const campaign = await renew();
    await at.stations.look();
    expect(at.stations.sent).toMatchObject([{ action: 'TriggerMessage', payload: { requestedMessage: 'SignChargingStationCertificate' } }]);
    await end({ response: { status: 'Accepted' } });
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['two started null']);
    await at.stations.takeCertificate(last());
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['two succeeded null']);
  });

  it('has failed where the station rejects what it got, and succeeded when it takes a later one', async () => {
    await at.stations.add(['two']);
    await at.stations.rejectCertificate({ tenant: 'default', station: 'two' }); // before the campaign: of no account
    at.stations.clock += 1_000;
    const campaign = await renew();
    await at.stations.look();
    await end({ response: { status: 'Accepted' } });
    await at.stations.process.rollout.sweep();
    expect(await shown(campaign)).toEqual(['two started null']);
    await at.stations.rejectCertificate(last());
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['two failed rejected']);
    await at.stations.takeCertificate(last());
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['two succeeded null']);
  });

  it('has failed where the station does not take one within the hours, or refuses to ask too often', async () => {
    await at.stations.add(['slow']);
    const campaign = await renew();
    await at.stations.look();
    await end({ response: { status: 'Accepted' } });
    await at.stations.look(23 * 60);
    expect(await shown(campaign)).toEqual(['slow started null']);
    await at.stations.look(60);
    expect(await shown(campaign)).toEqual(['slow failed timed-out']);
    await at.stations.clear();
    await at.stations.add(['refuses']);
    const second = await at.stations.create(
      {},
      { kind: 'certificate', work: { certificate: 'ChargingStationCertificate', runHours: 168 } },
    );
    for (let nth = 0; nth < 5; nth++) {
      await at.stations.look(24 * 60);
      await end({ response: { status: 'Rejected' } });
    }
    await at.stations.look();
    expect(await shown(second)).toEqual(['refuses failed given-up']);
  });

  it('is not for a version that has no such certificate, nor for a tenant that names no organization', async () => {
    await at.stations.add(['old'], OLD);
    await at.stations.add(['two']);
    const campaign = await renew('V2G20Certificate');
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['old skipped does-not-fit', 'two skipped does-not-fit']);
    await setOrganization(null);
    const second = await renew();
    await at.stations.look();
    await setOrganization('ACME');
    expect(await shown(second)).toEqual(['old skipped no-organization', 'two skipped no-organization']);
    expect(at.stations.sent).toEqual([]);
  });

  it.each([
    ['pause', 'away pending null'],
    ['cancel', 'away skipped cancelled'],
  ] as const)('is not asked for after a %s, and the renewal gives no reason against a later one', async (action, expected) => {
    await at.stations.add(['away']);
    await at.service.database.query(
      `INSERT INTO device_config.certificate_renewals (tenant, station, kind, state, tries, published, actor, expires_at, started_at, ended_at)
       VALUES ('default', 'away', 'ChargingStationCertificate', 'given-up', 5, true, 'expiry', now() + interval '1 day', now(), now())`,
    );
    const campaign = await renew();
    await at.stations.look();
    await end(NOT_SENT);
    await at.stations.process.campaigns[action]('default', campaign);
    await at.stations.process.rollout.sweep();
    await at.stations.look(2);
    await at.stations.look();
    expect([at.stations.sent.length, await shown(campaign)]).toEqual([1, [expected]]);
    expect(await at.service.database.query('SELECT state, expires_at FROM device_config.certificate_renewals')).toEqual([
      { state: 'expired', expires_at: null },
    ]);
  });

  it('is asked for anew when the station is back, and takes the place of a renewal that waits for its time, not of one under way', async () => {
    await at.stations.add(['away', 'asked', 'expiring']);
    const start = (station: string) =>
      at.stations.process.renewals.start({ tenant: 'default', station }, 'ChargingStationCertificate', 'me');
    await start('asked');
    await at.service.database.query(`UPDATE device_config.stations SET online = false WHERE station = 'expiring'`);
    await start('expiring');
    await at.stations.setOnline('expiring', true);
    at.stations.sent.length = 0;
    const campaign = await renew();
    await at.stations.process.rollout.sweep();
    expect(await shown(campaign)).toEqual(['asked pending null', 'away started null', 'expiring started null']);
    const away = at.stations.sent.find(({ station }) => station === 'away');
    await at.stations.process.renewals.onEnded(endedCommand({ ...(away ?? last()), ...NOT_SENT }));
    await at.stations.setOnline('away', false);
    await at.stations.look(6);
    await at.stations.look();
    expect(await shown(campaign)).toContain('away pending null');
    await at.stations.setOnline('away', true);
    await at.stations.look(3);
    expect(at.stations.sent.filter(({ station }) => station === 'away')).toHaveLength(2);
  });
});
