import { inspectRedis, type InspectedRedis } from '@voltbus/connections';
import { redisTlsOf, type Settings } from '@voltbus/runtime';
import { failure, ok, skipped, warning, type Finding } from '../finding';
import { OLDEST } from '../limits';
import { validity } from './certificates';
import { examineClock } from './clock';

export async function examineRedis(settings: Settings, now: number): Promise<Finding[]> {
  const { REDIS_URL: url } = settings;
  if (url === undefined) return [skipped('redis', 'VOLTBUS_REDIS_URL is not given', 'give it to have Redis examined')];
  const nodes = await inspectRedis(url, redisTlsOf(settings), 'voltbus-doctor');
  return nodes.flatMap((node) =>
    node instanceof Error ? [failure('redis', node.message, 'start Redis, or mend VOLTBUS_REDIS_URL')] : nodeFindings(node, now),
  );
}

function nodeFindings({ server, version, role, evictionPolicy, clockAheadMs, certificate }: InspectedRedis, now: number): Finding[] {
  return [
    ok('redis', `${server}: ${role ?? 'its role may not be asked'}`),
    versionFinding(server, version),
    ...(role === 'slave'
      ? [
          failure(
            'redis.role',
            `${server} is a replica, which takes no writes`,
            'name the master in VOLTBUS_REDIS_URL, or see why it has failed over',
          ),
        ]
      : []),
    ...(evictionPolicy === null || evictionPolicy === 'noeviction'
      ? []
      : [
          failure(
            'redis.eviction',
            `${server} has maxmemory-policy ${evictionPolicy}: it may forget who holds a station`,
            'set maxmemory-policy noeviction',
          ),
        ]),
    examineClock('redis.clock', `Redis at ${server}`, clockAheadMs),
    ...(certificate === null ? [] : [validity('redis.certificate', `Redis at ${server}`, certificate, now)]),
  ];
}

function versionFinding(server: string, version: string | null): Finding {
  if (version === null)
    return skipped('redis.version', `${server} does not tell its version to this user`, 'grant INFO to the user of the doctor');
  if (Number.parseInt(version, 10) < OLDEST.redis)
    return warning('redis.version', `${server} is Redis ${version}`, `Redis ${OLDEST.redis} or later is supported: update it`);
  return ok('redis.version', `${server} is Redis ${version}`);
}
