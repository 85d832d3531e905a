import type { StationRef, SwitchableQuirk } from '@voltbus/contracts';
import type { MessageId, OcppError } from '@voltbus/ocpp';
import type { Logger, Metrics } from '@voltbus/telemetry';
import type { RefusalReason } from './admission/refusals';
import {
  traitsOf,
  type CommandResultDetails,
  type MessageSource,
  type ObservedCall,
  type ObservedConnection,
  type ObservedMessage,
} from './observed';
import { disconnectLabel } from './session/close-reasons';
import type { TransportRefusal } from './transport';

/** One method per thing that happens at a gateway; it writes log and metric together. Payloads and credentials are never logged, and stations are never labels. */
export class GatewayTelemetry {
  private readonly handshakes;
  private readonly handshakeDurations;
  private readonly disconnects;
  private readonly takeovers;
  private readonly duplicates;
  private readonly rejected;
  private readonly calls;
  private readonly durations;
  private readonly invalidMessages;
  private readonly anomalies;
  private readonly commands;
  private readonly quirks;
  private readonly downlink;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.handshakes = metrics.counter('gateway_handshakes_total', 'Upgrades decided', ['result', 'protocol']);
    this.handshakeDurations = metrics.histogram('gateway_handshake_duration_seconds', 'From an upgrade request to its decision');
    this.disconnects = metrics.counter('gateway_disconnects_total', 'Connections ended', ['reason']);
    this.takeovers = metrics.counter('gateway_takeovers_total', 'Connections that took the place of another one of the same identity');
    this.duplicates = metrics.counter('gateway_duplicate_identity_total', 'Take-overs of one identity that come too often to be chance');
    this.rejected = metrics.counter('gateway_frames_rejected_total', 'Frames that could not be used', ['reason']);
    this.calls = metrics.counter('ocpp_calls_total', 'OCPP calls', ['direction', 'protocol', 'action', 'result']);
    this.durations = metrics.histogram('ocpp_call_duration_seconds', 'From a call to its answer', ['direction', 'protocol', 'action']);
    this.invalidMessages = metrics.counter('ocpp_validation_failures_total', 'Messages of stations that even the tolerant check refused', [
      'protocol',
      'action',
    ]);
    this.anomalies = metrics.counter('gateway_anomalies_total', 'Unexpected things that stations and services do', ['kind']);
    this.quirks = metrics.counter(
      'gateway_quirks_applied_total',
      'Times that a quirk which is switched on for a station changed what was sent to it',
      ['quirk'],
    );
    this.commands = metrics.counter('gateway_commands_total', 'Results of commands', ['outcome']);
    this.downlink = metrics.counter('gateway_downlink_dropped_total', 'Downlink records that nobody here waits for', ['reason']);
  }

  quirkApplied(quirk: SwitchableQuirk): void {
    this.quirks.add(1, { quirk });
  }

  upgradeDecided(ms: number): void {
    this.handshakeDurations.observe(ms / 1_000);
  }

  upgradeRefused(remoteAddress: string, ref: StationRef | null, reason: RefusalReason): void {
    this.handshakes.add(1, { result: reason });
    const traits = { ...ref, remoteAddress, reason };
    // The refusals before the limit was reached are in the log already.
    if (reason === 'too-many-attempts') this.logger.debug(traits, 'connection refused');
    else this.logger.info(traits, 'connection refused');
  }

  /** The transport refused it by itself. */
  transportRefused(reason: TransportRefusal, remoteAddress: string): void {
    this.handshakes.add(1, { result: reason });
    this.logger.debug({ remoteAddress, reason }, 'refused by the transport');
  }

  noCommonVersion(remoteAddress: string, ref: StationRef): void {
    this.handshakes.add(1, { result: 'no-common-protocol' });
    this.logger.info({ ...ref, remoteAddress }, 'accepted to be closed: no common OCPP version');
  }

  connected({ ref, protocol, remoteAddress, owner }: ObservedConnection, tookOver: boolean): void {
    this.handshakes.add(1, { result: 'ok', protocol });
    if (tookOver) this.takeovers.add(1);
    const { epoch = 0, registered = false } = owner ?? {};
    this.logger.info({ ...ref, protocol, remoteAddress, epoch, tookOver, registered }, 'connected');
  }

  disconnected({ ref, remoteAddress, owner, closeReason }: ObservedConnection, code: number, reason: string): void {
    this.disconnects.add(1, { reason: disconnectLabel(closeReason, code) });
    this.logger.info({ ...ref, remoteAddress, epoch: owner?.epoch ?? 0, code, reason }, 'disconnected');
  }

  /** Two units may share one identity, or somebody may have its password. */
  duplicateIdentity({ ref, remoteAddress }: ObservedConnection, other: string | null): void {
    this.duplicates.add(1);
    this.logger.warn({ ...ref, remoteAddress, other }, 'connections of one identity keep taking its place from each other');
  }

  /** A frame waits, because its station sends faster than its rate. */
  frameSlowed(): void {
    this.anomalies.add(1, { kind: 'slowed' });
  }

  frameRejected(reason: string): void {
    this.rejected.add(1, { reason });
  }

  call({ direction, protocol, action, result, ms, span }: ObservedCall): void {
    this.calls.add(1, { direction, protocol, action, result });
    const observe = (): void => this.durations.observe(ms / 1_000, { direction, protocol, action });
    if (span === null) observe();
    else span.run(observe);
  }

  invalidMessage(connection: MessageSource, { id, action }: ObservedMessage, error: OcppError): void {
    this.invalidMessages.add(1, { protocol: connection.protocol, action });
    this.logger.warn(
      { ...traitsOf(connection), action, messageId: id, error: error.description },
      'a message that does not fit its schema',
    );
  }

  lateReply(): void {
    this.anomalies.add(1, { kind: 'late-reply' });
  }

  /** 2.1: the station could not use our answer. */
  unusedAnswer(connection: MessageSource, { id, code }: { id: MessageId; code: string }): void {
    this.anomalies.add(1, { kind: 'unused-answer' });
    this.logger.warn({ ...traitsOf(connection), messageId: id, code }, 'the station cannot use an answer (CALLRESULTERROR)');
  }

  lateAnswer(): void {
    this.anomalies.add(1, { kind: 'late-answer' });
  }

  repeatedId(connection: MessageSource, { id, action }: ObservedMessage): void {
    this.anomalies.add(1, { kind: 'repeated-id' });
    this.logger.debug({ ...traitsOf(connection), action, messageId: id }, 'a message id that is being answered already');
  }

  droppedSend(connection: MessageSource, { id, action }: ObservedMessage): void {
    this.anomalies.add(1, { kind: 'dropped-send' });
    this.logger.debug({ ...traitsOf(connection), action, messageId: id }, 'a SEND was dropped');
  }

  stationUnresponsive(ref: StationRef): void {
    this.anomalies.add(1, { kind: 'unresponsive' });
    this.logger.warn({ ...ref }, 'calls stay unanswered: the station is told to reconnect');
  }

  /** The station never booted, or its boot was not answered and not repeated. */
  bootTriggered(ref: StationRef): void {
    this.anomalies.add(1, { kind: 'boot-triggered' });
    this.logger.info({ ...ref }, 'no boot for too long: the station is asked for it');
  }

  bootGivenUp(ref: StationRef): void {
    this.anomalies.add(1, { kind: 'unbooted' });
    this.logger.warn({ ...ref }, 'no boot though it was asked for: the station is told to reconnect');
  }

  stationSilent(ref: StationRef): void {
    this.anomalies.add(1, { kind: 'silent' });
    this.logger.info({ ...ref }, 'nothing was received from the station for too long');
  }

  /** `published`: the station proved who it is, so that device-config may pin it. */
  protocolMismatch({ ref, protocol }: Pick<ObservedConnection, 'ref' | 'protocol'>, action: string, published: boolean): void {
    this.anomalies.add(1, { kind: 'protocol-mismatch' });
    this.logger.warn(
      { ...ref, protocol, spoken: 'ocpp1.6', action, published },
      'the station speaks 1.6 though another version was agreed on',
    );
  }

  commandResult({ ref, ...details }: CommandResultDetails): void {
    this.commands.add(1, { outcome: details.outcome });
    this.logger.debug({ ...ref, ...details }, 'command');
  }

  resultLost(): void {
    this.anomalies.add(1, { kind: 'result-lost' });
    this.logger.error({}, 'the bus is away for too long: the oldest result of a command is given up');
  }

  /** The process did not run for this long, so that all renewals are late. */
  processPaused(ms: number): void {
    this.anomalies.add(1, { kind: 'process-paused' });
    this.logger.warn({ ms: Math.round(ms) }, 'this process did not run for a while');
  }

  downlinkDropped(reason: 'other-instance' | 'no-session' | 'stale-epoch' | 'seen' | 'unreadable'): void {
    this.downlink.add(1, { reason });
  }

  registryAway(err: unknown, work: string): void {
    this.anomalies.add(1, { kind: 'registry-away' });
    this.logger.warn({ err, work }, 'the registry is away: sockets go on, this is made up for later');
  }

  ownershipLost(ref: StationRef): void {
    this.anomalies.add(1, { kind: 'ownership-lost' });
    this.logger.info({ ...ref }, 'a newer connection exists elsewhere');
  }

  publishFailed(err: unknown, what: string): void {
    this.anomalies.add(1, { kind: 'publish-failed' });
    this.logger.warn({ err, what }, 'the bus did not take an event');
  }

  draining(sessions: number): void {
    this.logger.info({ sessions }, 'draining');
  }

  defect(err: unknown): void {
    this.logger.error({ err }, 'a defect in the gateway');
  }
}
