import { FOLLOWER_GROUP_PREFIX, type ServiceName, type Topic } from './topic';
import { CDRS, COMMAND_RESULTS, CONNECTIONS, DEVICE_EVENTS, SECURITY_EVENTS, TOPICS, TRANSACTIONS } from './topics';

/** The processes of a cluster that talk to Kafka. */
const SERVICES: readonly ServiceName[] = ['gateway', 'transaction', 'device-config', 'cdr', 'router', 'api', 'webhooks'];
/** The beginning of the names of all topics. */
const TOPIC_PREFIX = 'csms.';

/** One `kafka-acls.sh --add`, without the address of the brokers. */
export interface Grant {
  principal: string;
  resource: 'topic' | 'group';
  name: string;
  /** The name is the beginning of several. */
  prefixed: boolean;
  operations: readonly string[];
}

/** What each process needs: as the topics are declared, and no more. */
export function serviceGrants(): readonly Grant[] {
  return [setupGrant(), ...SERVICES.flatMap((service) => [...topicGrants(service), ...groupGrants(service)])];
}

/** Creates the topics that are missing and compares the others with what is declared. */
function setupGrant(): Grant {
  return {
    principal: 'setup',
    resource: 'topic',
    name: TOPIC_PREFIX,
    prefixed: true,
    operations: ['Create', 'Describe', 'DescribeConfigs'],
  };
}

function topicGrants(service: ServiceName): Grant[] {
  const grant = (name: string, operations: string[]): Grant => ({
    principal: service,
    resource: 'topic',
    name,
    prefixed: false,
    operations,
  });
  return [
    // each process compares the topics with what is declared before it works
    { ...grant(TOPIC_PREFIX, ['Describe', 'DescribeConfigs']), prefixed: true },
    ...TOPICS.flatMap((topic) => {
      const operations = [...(reads(topic, service) ? ['Read'] : []), ...(writes(topic, service) ? ['Write'] : [])];
      return operations.length === 0 ? [] : [grant(topic.name, operations)];
    }),
  ];
}

function reads({ readers }: Topic, service: ServiceName): boolean {
  return readers.includes(service);
}

/** The API replays dead letters of every topic. */
function writes({ writers }: Topic, service: ServiceName): boolean {
  return writers.includes(service) || service === 'api';
}

/** The groups of a service begin with its name; whoever follows a topic alone makes a group of its own. */
function groupGrants(service: ServiceName): Grant[] {
  const grant = (name: string, operations: string[]): Grant => ({
    principal: service,
    resource: 'group',
    name,
    prefixed: true,
    operations,
  });
  return [
    ...(FOLLOWS.has(service) ? [grant(FOLLOWER_GROUP_PREFIX, ['Read'])] : []),
    ...(JOINS.has(service) ? [grant(`${service}:`, ['Read'])] : []),
  ];
}

/** Who reads topics alone, from now on, and who as a consumer group. */
const FOLLOWS: ReadonlySet<ServiceName> = new Set(['gateway', 'api']);
const JOINS: ReadonlySet<ServiceName> = new Set(['transaction', 'device-config', 'cdr', 'router', 'webhooks']);

/** A kind of program of another team: what it reads. */
interface ConsumerKind {
  /** Also its principal, and the beginning of the names of its groups, in the examples. */
  name: string;
  purpose: string;
  topics: readonly Topic[];
}

export const CONSUMER_KINDS: readonly ConsumerKind[] = [
  { name: 'billing', purpose: 'bills, payments, accounts', topics: [CDRS] },
  { name: 'analytics', purpose: 'use and energy of stations', topics: [CDRS, TRANSACTIONS] },
  {
    name: 'operations',
    purpose: 'which stations are connected, what commands came to, what is broken',
    topics: [CONNECTIONS, COMMAND_RESULTS, DEVICE_EVENTS],
  },
  { name: 'security', purpose: 'what endangers stations: for a SIEM', topics: [SECURITY_EVENTS] },
];

export function consumerGrants({ name, topics }: ConsumerKind): readonly Grant[] {
  return [
    ...topics.map((topic): Grant => ({
      principal: name,
      resource: 'topic',
      name: topic.name,
      prefixed: false,
      operations: ['Read', 'Describe'],
    })),
    { principal: name, resource: 'group', name, prefixed: true, operations: ['Read'] },
  ];
}
