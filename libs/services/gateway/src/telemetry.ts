import type { CallOutcome, Protocol, StationRef } from '@voltbus/contracts';
import type { OcppError } from '@voltbus/ocpp';
import type { RefusalReason } from './admission/admission';
import { disconnectLabel, type CloseReason } from './session/close-reasons';
import type { CopyFailure } from './message-log/message-log';
import type { Session, SessionOwner } from './session/session';
import type { TurnedAway, UpgradeRequest } from './transport';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** What happens at a gateway, said to log and metrics at once. Payloads and credentials are never logged; stations are never labels. */
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
  private readonly oddities;
  private readonly settlements;
  private readonly downlink;
  private readonly copies;
  /** Told of each refusal, for whoever publishes them. */
  onRefusal: (request: UpgradeRequest, ref: StationRef | null, reason: RefusalReason) => void = () => undefined;

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
    this.oddities = metrics.counter('gateway_oddities_total', 'Odd things stations and services do', ['kind']);
    this.settlements = metrics.counter('gateway_commands_total', 'Commands settled', ['outcome']);
    this.copies = metrics.counter(
      'gateway_frame_copies_total',
      'Frames copied for operators to look at, or not (full, rate, bus, defect)',
      ['result'],
    );
    this.downlink = metrics.counter('gateway_downlink_dropped_total', 'Downlink records that nobody here waits for', ['reason']);
  }

  refused(request: UpgradeRequest, ref: StationRef | null, reason: RefusalReason): void {
    this.handshakes.add(1, { result: reason });
    const traits = { ...ref, remoteAddress: request.remoteAddress, reason };
    // Whoever comes too often is said to have come too often already.
    if (reason === 'too-many-attempts') this.logger.debug(traits, 'connection refused');
    else this.logger.info(traits, 'connection refused');
    this.onRefusal(request, ref, reason);
  }

  decided(ms: number): void {
    this.handshakeDurations.observe(ms / 1_000);
  }

  turnedAway(reason: TurnedAway, remoteAddress: string): void {
    this.handshakes.add(1, { result: reason });
    this.logger.debug({ remoteAddress, reason }, 'turned away');
  }

  connected(session: Session, standing: SessionOwner, tookOver: boolean): void {
    const { ref, protocol, remoteAddress } = session;
    const { epoch, registered } = standing;
    this.handshakes.add(1, { result: 'ok', protocol });
    if (tookOver) this.takeovers.add(1);
    this.logger.info({ ...ref, protocol, remoteAddress, epoch, tookOver, registered }, 'connected');
  }

  disconnected({ ref, remoteAddress, owner: standing }: Session, code: number, reason: string, ending: CloseReason | null): void {
    this.disconnects.add(1, { reason: disconnectLabel(ending, code) });
    this.logger.info({ ...ref, remoteAddress, epoch: standing?.epoch ?? 0, code, reason }, 'disconnected');
  }

  /** Two units may share one identity, or somebody may have its password. */
  flapping({ ref, remoteAddress }: Session, other: string | null): void {
    this.duplicates.add(1);
    this.logger.warn({ ...ref, remoteAddress, other }, 'connections of one identity keep taking its place from each other');
  }

  /** A message waits for its turn. */
  slowed(): void {
    this.oddities.add(1, { kind: 'slowed' });
  }

  noCommonVersion(request: UpgradeRequest, ref: StationRef): void {
    this.handshakes.add(1, { result: 'no-common-protocol' });
    this.logger.info({ ...ref, remoteAddress: request.remoteAddress }, 'accepted to be closed: no common OCPP version');
    this.onRefusal(request, ref, 'no-common-protocol');
  }

  frameRejected(reason: string): void {
    this.rejected.add(1, { reason });
  }

  call(direction: 'in' | 'out', protocol: Protocol, action: string, result: string, ms: number): void {
    this.calls.add(1, { direction, protocol, action, result });
    this.durations.observe(ms / 1_000, { direction, protocol, action });
  }

  invalid(ref: StationRef, protocol: Protocol, action: string, error: OcppError): void {
    this.invalidMessages.add(1, { protocol, action });
    this.logger.warn({ ...ref, action, error: error.description }, 'a message that does not fit its schema');
  }

  lateReply(): void {
    this.oddities.add(1, { kind: 'late-reply' });
  }

  /** 2.1: the station could not use what we answered. */
  unusedAnswer(ref: StationRef, code: string): void {
    this.oddities.add(1, { kind: 'unused-answer' });
    this.logger.warn({ ...ref, code }, 'the station cannot use an answer (CALLRESULTERROR)');
  }

  lateAnswer(): void {
    this.oddities.add(1, { kind: 'late-answer' });
  }

  repeatedId(action: string): void {
    this.oddities.add(1, { kind: 'repeated-id' });
    this.logger.debug({ action }, 'a message id that is being answered already');
  }

  droppedSend(action: string): void {
    this.oddities.add(1, { kind: 'dropped-send' });
    this.logger.debug({ action }, 'a SEND was dropped');
  }

  unresponsive(ref: StationRef): void {
    this.oddities.add(1, { kind: 'unresponsive' });
    this.logger.warn({ ...ref }, 'calls stay unanswered: the station is told to reconnect');
  }

  /** It never booted, or its boot was not answered and it does not say it again. */
  bootTriggered(ref: StationRef): void {
    this.oddities.add(1, { kind: 'boot-triggered' });
    this.logger.info({ ...ref }, 'no boot for too long: the station is asked for it');
  }

  unbooted(ref: StationRef): void {
    this.oddities.add(1, { kind: 'unbooted' });
    this.logger.warn({ ...ref }, 'no boot though it was asked for: the station is told to reconnect');
  }

  silent(ref: StationRef): void {
    this.oddities.add(1, { kind: 'silent' });
    this.logger.info({ ...ref }, 'nothing was heard of the station for too long');
  }

  /** `told`: it proved who it is, so that it may be pinned. */
  misspoke({ ref, protocol }: Session, action: string, told: boolean): void {
    this.oddities.add(1, { kind: 'misspoke' });
    this.logger.warn({ ...ref, protocol, spoken: 'ocpp1.6', action, told }, 'the station speaks 1.6 though another version was agreed on');
  }

  settled(ref: StationRef, command: string, action: string, outcome: CallOutcome['kind']): void {
    this.settlements.add(1, { outcome });
    this.logger.debug({ ...ref, command, action, outcome }, 'command');
  }

  settlementLost(): void {
    this.oddities.add(1, { kind: 'settlement-lost' });
    this.logger.error({}, 'the bus is away for too long: the oldest settlement is given up');
  }

  /** The process did not run for so long: whatever was to be renewed is late. */
  stood(ms: number): void {
    this.oddities.add(1, { kind: 'stood' });
    this.logger.warn({ ms: Math.round(ms) }, 'this process did not run for a while');
  }

  downlinkDropped(reason: 'other-instance' | 'no-session' | 'stale-epoch' | 'seen' | 'unreadable'): void {
    this.downlink.add(1, { reason });
  }

  registryAway(err: unknown, work: string): void {
    this.oddities.add(1, { kind: 'registry-away' });
    this.logger.warn({ err, work }, 'the registry is away: sockets go on, this is made up for later');
  }

  lost(ref: StationRef): void {
    this.oddities.add(1, { kind: 'lost' });
    this.logger.info({ ...ref }, 'a newer connection exists elsewhere');
  }

  unsaid(err: unknown, what: string): void {
    this.oddities.add(1, { kind: 'unsaid-event' });
    this.logger.warn({ err, what }, 'the bus did not take an event');
  }

  framesCopied(count: number): void {
    this.copies.add(count, { result: 'copied' });
  }

  /** Copies are best effort; an operator who misses some finds out here why. */
  framesNotCopied(reason: CopyFailure, count: number): void {
    this.copies.add(count, { result: reason });
  }

  draining(sessions: number): void {
    this.logger.info({ sessions }, 'draining');
  }

  defect(err: unknown): void {
    this.logger.error({ err }, 'a defect in the gateway');
  }
}
