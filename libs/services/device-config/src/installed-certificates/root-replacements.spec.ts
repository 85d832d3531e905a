import { randomUUID } from 'node:crypto';
import type { TestCertificate } from '@voltbus/testing';
import type { HttpFixture } from '../testing/start-http';
import { LOST_RESULT_MS } from './limits';
import { InstalledCertificatesFixture } from './testing/installed-certificates-fixture';

let fixture: InstalledCertificatesFixture;
let http: HttpFixture;
let root: TestCertificate;
let next: TestCertificate;
beforeAll(async () => {
  ({ http, root, next } = fixture = await InstalledCertificatesFixture.start());
});
beforeEach(() => http.commands.forget());
afterAll(() => http?.close());

describe('a root that takes the place of another', () => {
  it('M05.FR.11, FR.12: stands beside it, and the old one goes once the station was seen under the new one only', async () => {
    const name = await fixture.station();
    const old = (await fixture.install(name, root)).body;
    const { body } = await fixture.install(name, next, { replaces: old.id });
    expect(body).toMatchObject({ state: 'installed', replaces: old.id });
    expect(await fixture.install(name, await root.ca('Third'), { replaces: old.id })).toMatchObject({ status: 409 });
    expect(await fixture.install(name, await root.ca('Third'), { replaces: randomUUID() })).toMatchObject({ status: 422 });
    const { reports, replacements } = fixture.block;
    const look = async () => [await replacements.sweep(), await reports.sweep()];
    await fixture.report(name);
    await look();
    for (const issuers of [[root], [root, next], [], null]) {
      await fixture.connects(name, issuers);
      expect(await replacements.sweep()).toBe(0);
    }
    await fixture.connects(name, [next], 1); // not over TLS
    expect(await replacements.sweep()).toBe(0);
    await fixture.connects(name, [next]);
    expect(await replacements.sweep()).toBe(1);
    expect(await replacements.sweep()).toBe(0);
    expect(await fixture.states(name)).toEqual(['CSMSRootCertificate deleting', 'CSMSRootCertificate installed']);
  });

  it('is asked for again where nobody answers, by the list of the station, and no more than so often', async () => {
    const name = await fixture.station();
    const old = (await fixture.install(name, root)).body;
    await fixture.install(name, next, { replaces: old.id });
    await fixture.report(name);
    await fixture.connects(name, [next]);
    const { replacements, reports } = fixture.block;
    const later = () =>
      http.service.database.query(
        `UPDATE device_config.installed_certificates SET changed_at = changed_at - $2::float * interval '1 ms' WHERE station = $1`,
        [name, 2 * LOST_RESULT_MS],
      );
    let asked = 0;
    for (let round = 0; round < 14; round++) {
      asked += await replacements.sweep(); // the command is lost
      await later();
      await reports.sweep();
      await fixture.report(name);
    }
    expect(asked).toBe(5);
    expect(await fixture.states(name)).toEqual(['CSMSRootCertificate installed', 'CSMSRootCertificate installed']);
  });
});
