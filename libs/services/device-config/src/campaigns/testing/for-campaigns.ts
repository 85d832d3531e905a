import type { CommandRequest } from '@voltbus/contracts';
import { endedCommand } from '../../testing/fake-commands';
import { startService, type ServiceFixture } from '../../testing/start-service';
import { RolledOutStations } from './rolled-out-stations';

/** A station of 1.6, which has no messages of several values, and no profiles of networks. */
export const OLD = { protocol: 'ocpp1.6' } as const;
/** What becomes of a command whose station was away. */
export const NOT_SENT = { status: 'offline', sentAt: null } as const;

interface ForCampaigns {
  readonly service: ServiceFixture;
  readonly stations: RolledOutStations;
  /** The stations of a campaign, with the state of each and its reason. */
  shown(campaign: string): Promise<string[]>;
  /** The last command. */
  last(): CommandRequest;
  /** How the last command has ended. */
  end(outcome: object): Promise<void>;
}

/** A service for one spec file, and stations that each test begins without. To be called once, outside of tests. */
export function forCampaigns(): ForCampaigns {
  let started: { service: ServiceFixture; stations: RolledOutStations } | undefined;
  beforeAll(async () => {
    const service = await startService();
    started = { service, stations: new RolledOutStations(service) };
  });
  afterAll(() => started?.service.close());
  beforeEach(() => started?.stations.clear());
  const running = () => {
    if (started === undefined) throw new Error('before the first test');
    return started;
  };
  const last = (): CommandRequest => {
    const command = running().stations.sent.at(-1);
    if (command === undefined) throw new Error('nothing was sent');
    return command;
  };
  return {
    get service() {
      return running().service;
    },
    get stations() {
      return running().stations;
    },
    last,
    shown: async (campaign) =>
      (await running().stations.stationsOf(campaign)).map(({ station, state, reason }) => `${station} ${state} ${reason}`),
    async end(outcome) {
      const { process } = running().stations;
      const command = endedCommand({ ...last(), ...outcome });
      await process.upgrades.onEnded(command);
      await process.rotations.onEnded(command);
      await process.settings.onEnded(command);
      await process.renewals.onEnded(command);
    },
  };
}
