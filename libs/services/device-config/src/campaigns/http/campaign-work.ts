import { z } from 'zod';
import { kindSchema, OF_THE_CONNECTION } from '../../certificates';
import { profileNameSchema, wantedValues } from '../../configuration';
import { imageNameSchema, updateOptions } from '../../firmware';
import { isAddressFor, upgradeMembers, WRONG_ADDRESS, type NetworkWish } from '../../security-profile-upgrade';
import type { Campaign } from '../domain/campaign';
import { firmwareWorkOf } from '../kinds/firmware-work';
import { securityProfileWorkOf } from '../kinds/security-profile-work';
import { certificateWorkOf } from '../kinds/certificate-work';
import { configurationWorkOf } from '../kinds/configuration-work';
import { CERTIFICATE_HOURS, RAISE_HOURS } from '../limits';
import { MAX_SET_VALUES, SETTING_HOURS } from '../settings/limits';

const ofFirmware = { kind: z.literal('firmware').describe('A firmware update at each station'), ...updateOptions };
const ofPassword = { kind: z.literal('password').describe('A new password at each station (OCPP A01), which nobody is shown') };
const ofCertificate = {
  kind: z.literal('certificate').describe('A new certificate for each station, which is asked to ask for it (OCPP A02)'),
  certificate: kindSchema.default(OF_THE_CONNECTION).describe('Which certificate'),
  runHours: z
    .int()
    .min(1)
    .max(CERTIFICATE_HOURS.most)
    .default(CERTIFICATE_HOURS.usual)
    .describe('Hours after which a station has failed that has not taken a new one'),
};
const ofConfiguration = {
  kind: z.literal('configuration').describe('Values of variables or configuration keys at each station (OCPP B05)'),
  runHours: z.int().min(1).max(SETTING_HOURS.most).default(SETTING_HOURS.usual).describe('Hours after which no more is set at a station'),
};
const ofSecurityProfile = {
  kind: z.literal('security-profile').describe('A higher security profile at each station (OCPP A05)'),
  ...upgradeMembers,
  runHours: z
    .int()
    .min(1)
    .max(RAISE_HOURS.most)
    .default(RAISE_HOURS.usual)
    .describe('Hours after which a station has failed that has come to no end'),
};

/** What a campaign shall do at each of its stations. */
export const workSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...ofFirmware, image: imageNameSchema.describe('Name of the firmware image') }).meta({ id: 'FirmwareWork' }),
    z
      .strictObject({
        ...ofConfiguration,
        profile: profileNameSchema.exactOptional().describe('Name of the configuration profile whose values are set, whatever its mode'),
        values: wantedValues.min(1).max(MAX_SET_VALUES).exactOptional().describe('What is set; secrets are refused'),
      })
      .refine(({ profile, values }) => (profile === undefined) !== (values === undefined), { error: 'has either profile or values' })
      .meta({ id: 'ConfigurationWork' }),
    z.strictObject(ofCertificate).meta({ id: 'CertificateWork' }),
    z.strictObject(ofPassword).meta({ id: 'PasswordWork' }),
    z.strictObject(ofSecurityProfile).refine(isAddressFor, WRONG_ADDRESS).meta({ id: 'SecurityProfileWork' }),
  ])
  .describe('What is done at each station');

export type RequestedWork = z.output<typeof workSchema>;

/** What a campaign does at each of its stations, as it was when the campaign was made. */
export const shownWorkSchema = z
  .discriminatedUnion('kind', [
    z
      .object({
        ...ofFirmware,
        image: z.string().describe('Name of the firmware image, which is as it was when the campaign was made'),
        firmwareVersion: z.string().nullable().describe('The version that stations report once they run it; null: not known'),
      })
      .meta({ id: 'CampaignFirmwareWork' }),
    z
      .object({
        ...ofConfiguration,
        profile: z.string().nullable().describe('The configuration profile whose values these were when the campaign was made'),
        values: wantedValues.describe('What is set'),
      })
      .meta({ id: 'CampaignConfigurationWork' }),
    z.object(ofCertificate).meta({ id: 'CampaignCertificateWork' }),
    z.object(ofPassword).meta({ id: 'CampaignPasswordWork' }),
    z.object(ofSecurityProfile).meta({ id: 'CampaignSecurityProfileWork' }),
  ])
  .describe('What is done at each station, as it was when the campaign was made');

type ShownWork = z.output<typeof shownWorkSchema>;

const SHOWN: Readonly<Record<Campaign['kind'], (campaign: Campaign) => ShownWork>> = {
  firmware(campaign) {
    const { image, retries, retryIntervalSeconds, runHours } = firmwareWorkOf(campaign);
    return { kind: 'firmware', image: image.image, firmwareVersion: image.firmwareVersion, retries, retryIntervalSeconds, runHours };
  },
  certificate: (campaign) => ({ kind: 'certificate', ...certificateWorkOf(campaign) }),
  configuration: (campaign) => ({ kind: 'configuration', ...configurationWorkOf(campaign) }),
  password: () => ({ kind: 'password' }),
  'security-profile'(campaign) {
    const { target, network, runHours } = securityProfileWorkOf(campaign);
    return { kind: 'security-profile', target, ...(network as ShownNetwork), runHours };
  },
};

/** An interface that was checked when the campaign was made. */
type ShownNetwork = NetworkWish & Pick<Extract<ShownWork, { kind: 'security-profile' }>, 'interface'>;

export function shownWork(campaign: Campaign): ShownWork {
  return SHOWN[campaign.kind](campaign);
}
