import { setTimeout } from 'node:timers/promises';
import { asText } from '@voltbus/contracts';
import { z } from 'zod';
import type { CertificateKind } from '../domain/certificate-kind';
import { NotIssued, type CertificateAuthority, type CertificateOrder } from './certificate-authority';
import {
  certificateRequestObject,
  certificateRequestSchema,
  encodedRequest,
  objectName,
  type CertificateRequestObject,
  type IssuerRef,
} from './certificate-request-object';
import { KubernetesApi, type KubernetesAnswer, type KubernetesApiParts } from './kubernetes-api';

/** For all of an attempt. */
const TIMEOUT_MS = 15_000;
/** So long an attempt waits for cert-manager. What somebody approves later is asked about again at the next one: requests of other stations wait behind it. */
const PENDING_MS = 2_000;
const POLL_MS = 500;
/** Attempts at one call that the API server is too busy for. */
const MAX_TRIES = 3;
const MAX_UNDER_WAY = 8;
const MAX_DETAIL_CHARACTERS = 200;
const statusSchema = z.object({ message: z.string() });

interface CertManagerParts extends KubernetesApiParts {
  issuer: IssuerRef;
  days: number;
}

/** Orders by a `CertificateRequest` of cert-manager, which is deleted once it has ended (ADR 122). Only for the connection to the CSMS. */
export class CertManagerCertificateAuthority implements CertificateAuthority {
  private readonly api: KubernetesApi;
  private underWay = 0;

  constructor(
    private readonly parts: CertManagerParts,
    private readonly waits = { timeoutMs: TIMEOUT_MS, pendingMs: PENDING_MS, pollMs: POLL_MS },
  ) {
    this.api = new KubernetesApi(parts);
  }

  issues(kind: CertificateKind): boolean {
    return kind === 'ChargingStationCertificate';
  }

  async issue(order: CertificateOrder): Promise<string> {
    if (this.underWay >= MAX_UNDER_WAY) throw new Error(`${MAX_UNDER_WAY} certificate requests are under way already`);
    this.underWay++;
    const signal = AbortSignal.timeout(this.waits.timeoutMs);
    try {
      await this.create(order, signal);
      return await this.ended(order, signal);
    } catch (error) {
      throw signal.aborted ? new Error('cert-manager has not ended the certificate request in time', { cause: error }) : error;
    } finally {
      this.underWay--;
    }
  }

  /** An object that is there already is of an attempt before this one. */
  private async create(order: CertificateOrder, signal: AbortSignal): Promise<void> {
    const answer = await this.send('POST', '', certificateRequestObject(order, this.parts.issuer, this.parts.days), signal);
    if (answer.status === 201 || answer.status === 409) return;
    if (isRefusal(answer)) throw new NotIssued(failureOf(answer));
    throw new Error(failureOf(answer));
  }

  private async ended(order: CertificateOrder, signal: AbortSignal): Promise<string> {
    const { pendingMs, pollMs } = this.waits;
    for (let waitedMs = 0; ; waitedMs += pollMs) {
      const object = await this.read(order, signal);
      if (!isOf(object, order, this.parts.issuer)) {
        await this.remove(order, signal);
        throw new Error('the certificate request is of another order, or for another issuer');
      }
      const end = endOf(object);
      if (end !== null) {
        await this.remove(order, signal);
        if (typeof end === 'string') return end;
        throw end;
      }
      if (waitedMs >= pendingMs) throw new Error('cert-manager has not ended the certificate request yet');
      await setTimeout(pollMs, undefined, { signal });
    }
  }

  private async read(order: CertificateOrder, signal: AbortSignal): Promise<CertificateRequestObject> {
    const answer = await this.send('GET', objectName(order), null, signal);
    if (answer.status !== 200) throw new Error(failureOf(answer));
    return certificateRequestSchema.parse(JSON.parse(answer.body));
  }

  /** Where it fails, the next attempt finds the same certificate, and deletes the object. */
  private async remove(order: CertificateOrder, signal: AbortSignal): Promise<void> {
    const answer = await this.send('DELETE', objectName(order), null, signal);
    if (![200, 202, 404].includes(answer.status)) throw new Error(failureOf(answer));
  }

  private async send(method: 'GET' | 'POST' | 'DELETE', name: string, body: object | null, signal: AbortSignal) {
    for (let tries = 1; ; tries++) {
      const answer = await this.api.send(method, name, body, signal);
      if (tries === MAX_TRIES || (answer.status !== 429 && answer.status < 500)) return answer;
      await setTimeout(this.waits.pollMs, undefined, { signal });
    }
  }
}

function isOf({ spec }: CertificateRequestObject, order: CertificateOrder, { name, kind, group }: IssuerRef): boolean {
  const { request, issuerRef } = spec;
  return request === encodedRequest(order) && issuerRef.name === name && issuerRef.kind === kind && issuerRef.group === group;
}

/** The certificate, the error that it ended with, or null: it has not ended. */
function endOf({ status }: CertificateRequestObject): string | Error | null {
  const holds = (status?.conditions ?? []).filter((one) => one.status === 'True');
  const refused = holds.find(({ type }) => type === 'Denied' || type === 'InvalidRequest');
  if (refused !== undefined) return new NotIssued(`cert-manager says ${refused.type}${detail(refused.message)}`);
  const failed = status?.conditions?.find((one) => one.type === 'Ready' && one.status === 'False' && one.reason === 'Failed');
  if (failed !== undefined) return new Error(`cert-manager says Failed${detail(failed.message)}`);
  if (!holds.some(({ type }) => type === 'Ready')) return null;
  if (status?.certificate === undefined) return new Error('cert-manager says Ready, without a certificate');
  return Buffer.from(status.certificate, 'base64').toString('utf8');
}

/** A right that is missing (403) is given later; what the schema or a webhook of admission refuses stays refused. */
function isRefusal({ status, body }: KubernetesAnswer): boolean {
  return status === 400 || status === 422 || (status === 403 && messageOf(body).startsWith('admission webhook '));
}

function failureOf({ status, body }: KubernetesAnswer): string {
  return `the Kubernetes API answered ${status}${detail(messageOf(body))}`;
}

function messageOf(body: string): string {
  try {
    return statusSchema.parse(JSON.parse(body)).message;
  } catch {
    return '';
  }
}

function detail(message = ''): string {
  return message === '' ? '' : `: ${asText(message.slice(0, MAX_DETAIL_CHARACTERS))}`;
}
