import type { CommandRequest } from '@voltbus/contracts';
import { endedCommand } from '../../testing/fake-commands';
import type { NewCampaign } from '../campaigns';
import { FIRMWARE_WORK, type AddedStation, type RolledOutStations } from './rolled-out-stations';

/** A kind of work as its stations see it: nothing of it knows how campaigns work. */
export interface Work {
  campaign: Pick<NewCampaign, 'kind' | 'work'>;
  stations: Partial<AddedStation>;
  /** Where its block keeps what was begun. */
  table: string;
  /** What a command is the same as, where a station gets it again. */
  receipt(request: CommandRequest, stations: RolledOutStations): string | number | Promise<string>;
  notDelivered(stations: RolledOutStations, request: CommandRequest): Promise<void>;
  /** The station takes it, and comes to that end. */
  carryOut(stations: RolledOutStations, request: CommandRequest, end: 'succeed' | 'fail'): Promise<void>;
}

export const FIRMWARE: Work = {
  campaign: { kind: 'firmware', work: FIRMWARE_WORK },
  stations: {},
  table: 'station_requests',
  receipt: ({ payload }) => (payload as { requestId: number }).requestId,
  notDelivered: (stations, request) => stations.notDelivered(request),
  carryOut: (stations, request, end) => stations.carryOut(request, end),
};

const NETWORK = { url: null, interface: 'Wired0', messageTimeoutSeconds: 30 };

/** Stations of 1.6 with profile 0 and a password, for profile 1: one message, and a connection. */
export const SECURITY_PROFILE: Work = {
  campaign: { kind: 'security-profile', work: { target: 1, network: NETWORK, runHours: 48 } },
  stations: { protocol: 'ocpp1.6' },
  table: 'security_profile_upgrades',
  receipt: ({ id }) => id,
  notDelivered: ({ process }, request) => process.upgrades.onEnded(endedCommand({ ...request, status: 'offline', sentAt: null })),
  async carryOut(stations, request, end) {
    const response = { status: end === 'fail' ? 'Rejected' : 'Accepted' };
    await stations.process.upgrades.onEnded(endedCommand({ ...request, response }));
    if (end === 'succeed') await stations.connect(request, 1);
  },
};

/** Stations of 1.6 with a password: one message, and a connection by the new one. */
export const PASSWORD: Work = {
  campaign: { kind: 'password', work: {} },
  stations: { protocol: 'ocpp1.6' },
  table: 'password_rotations',
  receipt: ({ id }) => id,
  notDelivered: ({ process }, request) => process.rotations.onEnded(endedCommand({ ...request, status: 'offline', sentAt: null })),
  async carryOut(stations, request, end) {
    const response = { status: end === 'fail' ? 'Rejected' : 'Accepted' };
    await stations.process.rotations.onEnded(endedCommand({ ...request, response }));
    if (end === 'succeed') await stations.connectWithNewPassword(request);
  },
};

/** Stations of 1.6 that are set one key. */
export const CONFIGURATION: Work = {
  campaign: {
    kind: 'configuration',
    work: { profile: null, values: [{ key: 'HeartbeatInterval', attribute: 'Actual', value: '300' }], runHours: 24 },
  },
  stations: { protocol: 'ocpp1.6' },
  table: 'campaign_settings',
  receipt: ({ id }) => id,
  notDelivered: ({ process }, request) => process.settings.onEnded(endedCommand({ ...request, status: 'offline', sentAt: null })),
  async carryOut({ process }, request, end) {
    await process.settings.onEnded(endedCommand({ ...request, response: { status: end === 'fail' ? 'Rejected' : 'Accepted' } }));
  },
};

/** Stations that are asked for a new certificate: one message, and a certificate that they take. They fail where that is rejected. */
export const CERTIFICATE: Work = {
  campaign: { kind: 'certificate', work: { certificate: 'ChargingStationCertificate', runHours: 24 } },
  stations: {},
  table: 'certificate_renewals',
  receipt: (request, stations) => stations.renewalOf(request), // which asks again where a certificate was rejected
  notDelivered: ({ process }, request) => process.renewals.onEnded(endedCommand({ ...request, status: 'offline', sentAt: null })),
  async carryOut(stations, request, end) {
    await stations.process.renewals.onEnded(endedCommand({ ...request, response: { status: 'Accepted' } }));
    await (end === 'fail' ? stations.rejectCertificate(request) : stations.takeCertificate(request));
  },
};
