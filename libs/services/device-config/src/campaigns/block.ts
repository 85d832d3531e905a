import { COMMAND_RESULTS } from '@voltbus/contracts';
import { defineBlock, onEach } from '@voltbus/service';
import { apiKeys } from '../api-keys';
import { certificates } from '../certificates';
import { deviceModel } from '../device-model';
import { firmware } from '../firmware';
import { passwordRotation } from '../password-rotation';
import { securityProfileUpgrade } from '../security-profile-upgrade';
import { LATE_MS, stationRequests } from '../station-requests';
import { CampaignTelemetry } from './campaign-telemetry';
import { Campaigns } from './campaigns';
import { CampaignsController } from './http/campaigns.controller';
import { FirmwareKind } from './kinds/firmware-work';
import { CertificateWorkKind } from './kinds/certificate-work';
import { ConfigurationKind } from './kinds/configuration-work';
import { SettingJobs } from './settings/setting-jobs';
import { TypeormSettingJobs } from './settings/store/typeorm-setting-jobs';
import { PasswordKind } from './kinds/password-work';
import { SecurityProfileKind } from './kinds/security-profile-work';
import { Rollout } from './rollout';
import { campaignsMigration } from './store/migrations/0252-campaigns';
import { campaignApprovalMigration } from './store/migrations/0341-campaign-approval';
import { passwordCampaignsMigration } from './store/migrations/0392-password-campaigns';
import { campaignSettingsMigration } from './store/migrations/0393-campaign-settings';
import { tables } from './store/tables';
import { TypeormCampaigns } from './store/typeorm-campaigns';

/** Time between two looks for results, waves that begin, and stations whose turn it is. */
const SWEEP_INTERVAL_MS = 5_000;

/** Work that is brought to many stations in waves. */
export const campaigns = defineBlock({
  name: 'campaigns',
  migrations: [campaignsMigration, campaignApprovalMigration, passwordCampaignsMigration, campaignSettingsMigration],
  tables,
  store: ({ database }) => ({ campaigns: new TypeormCampaigns(database), jobs: new TypeormSettingJobs(database) }),
  build({ store: { campaigns: store, jobs }, use, now, logger, metrics, settings: env, sendCommand }) {
    const { updates } = use(firmware);
    const ofCertificates = use(certificates);
    const { store: variables, limits } = use(deviceModel);
    const settings = new SettingJobs({ store: jobs, variables, limits, sendCommand, now });
    const kinds = {
      certificate: new CertificateWorkKind({ renewals: ofCertificates.renewals, store: ofCertificates.store.certificates, now }),
      configuration: new ConfigurationKind({ settings, store: jobs, now }),
      firmware: new FirmwareKind({ updates, store: use(stationRequests).store, now }),
      password: new PasswordKind({ ...use(passwordRotation), now }),
      'security-profile': new SecurityProfileKind({ ...use(securityProfileUpgrade), now }),
    };
    const parts = { store, kinds, telemetry: new CampaignTelemetry(logger, metrics), now };
    const { APPROVAL_ABOVE_STATIONS: aboveStations = null, APPROVAL_HOURS: hours } = env;
    const always = new Set([
      ...(env.APPROVAL_FIRMWARE ? (['firmware'] as const) : []),
      ...(env.APPROVAL_SECURITY_PROFILE ? (['security-profile'] as const) : []),
    ]);
    const { store: keys } = use(apiKeys);
    const campaigns = new Campaigns({
      ...{ ...parts, random: Math.random, rule: { aboveStations, always, hours } },
      makersOf: (tenant, actor) => keys.makersOf(tenant, actor),
    });
    return { store, campaigns, settings, rollout: new Rollout({ ...parts, lateMs: LATE_MS }) };
  },
  on: ({ settings }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => settings.onEnded(data))],
  jobs: ({ rollout, settings }) => [
    { name: 'campaigns', everyMs: SWEEP_INTERVAL_MS, run: () => rollout.sweep() },
    { name: 'values of campaigns', everyMs: SWEEP_INTERVAL_MS, run: () => settings.sweep() },
  ],
  controllers: [CampaignsController],
  provides: (provide) => [provide(Campaigns, ({ campaigns }) => campaigns), provide(TypeormCampaigns, ({ store }) => store)],
});
