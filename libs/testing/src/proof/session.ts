import type { ForeignStation } from './foreign-station';

/** A session to be charged: an hour from `startedAt`, a reading every quarter. */
export interface Plan {
  idToken: string;
  startWh: number;
  stopWh: number;
  startedAt: Date;
  /** 2.x only; the station chooses the id. */
  transactionId?: string;
}

const QUARTER_MS = 900_000;

function at(plan: Plan, quarter: number): string {
  return new Date(plan.startedAt.getTime() + quarter * QUARTER_MS).toISOString();
}

function meter(plan: Plan, quarter: number): number {
  return Math.round(plan.startWh + ((plan.stopWh - plan.startWh) * quarter) / 4);
}

export async function boot(station: ForeignStation): Promise<Record<string, unknown>> {
  return station.options.protocol === 'ocpp1.6'
    ? station.call('BootNotification', { chargePointVendor: 'Foreign', chargePointModel: 'Model S', firmwareVersion: '1.0' })
    : station.call('BootNotification', {
        reason: 'PowerUp',
        chargingStation: { vendorName: 'Foreign', model: 'Model S', firmwareVersion: '1.0' },
      });
}

export async function report(station: ForeignStation, status: 'Available' | 'Occupied'): Promise<void> {
  if (station.options.protocol === 'ocpp1.6') {
    await station.call('StatusNotification', {
      connectorId: 1,
      errorCode: 'NoError',
      status: status === 'Available' ? 'Available' : 'Charging',
    });
  } else {
    await station.call('StatusNotification', { evseId: 1, connectorId: 1, connectorStatus: status, timestamp: new Date().toISOString() });
  }
}

export async function authorize(station: ForeignStation, idToken: string): Promise<string> {
  if (station.options.protocol === 'ocpp1.6') {
    const answer = await station.call<{ idTagInfo: { status: string } }>('Authorize', { idTag: idToken });
    return answer.idTagInfo.status;
  }
  const answer = await station.call<{ idTokenInfo: { status: string } }>('Authorize', { idToken: { idToken, type: 'ISO14443' } });
  return answer.idTokenInfo.status;
}

/** Starts the session and returns its OCPP transaction id. It is sent `times` times, as by a station whose answers were lost. */
export async function start(station: ForeignStation, plan: Plan, times = 1): Promise<string> {
  const ids = new Set<string>();
  for (let time = 0; time < times; time++) ids.add(await startOnce(station, plan));
  if (ids.size !== 1) throw new Error(`one start, several transactions: ${[...ids].join(', ')}`);
  const [id] = ids;
  return id as string;
}

async function startOnce(station: ForeignStation, plan: Plan): Promise<string> {
  if (station.options.protocol === 'ocpp1.6') {
    const answer = await station.call<{ transactionId: number }>('StartTransaction', {
      connectorId: 1,
      idTag: plan.idToken,
      meterStart: plan.startWh,
      timestamp: at(plan, 0),
    });
    return String(answer.transactionId);
  }
  const transactionId = plan.transactionId ?? `tx-${plan.startedAt.getTime()}`;
  await station.call('TransactionEvent', {
    eventType: 'Started',
    timestamp: at(plan, 0),
    triggerReason: 'Authorized',
    seqNo: 0,
    transactionInfo: { transactionId, chargingState: 'Charging' },
    evse: { id: 1, connectorId: 1 },
    idToken: { idToken: plan.idToken, type: 'ISO14443' },
    meterValue: [sample(plan, 0, 'Transaction.Begin')],
  });
  return transactionId;
}

/** Sends the readings of quarters 1 to 3, or of the ones given. */
export async function read(station: ForeignStation, plan: Plan, id: string, quarters: readonly number[] = [1, 2, 3]): Promise<void> {
  for (const quarter of quarters) {
    if (station.options.protocol === 'ocpp1.6') {
      await station.call('MeterValues', {
        connectorId: 1,
        transactionId: Number(id),
        meterValue: [
          {
            timestamp: at(plan, quarter),
            sampledValue: [
              { value: String(meter(plan, quarter)), measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
              { value: '11000', measurand: 'Power.Active.Import', unit: 'W' },
            ],
          },
        ],
      });
    } else {
      await station.call('TransactionEvent', {
        eventType: 'Updated',
        timestamp: at(plan, quarter),
        triggerReason: 'MeterValuePeriodic',
        seqNo: quarter,
        transactionInfo: { transactionId: id, chargingState: 'Charging' },
        meterValue: [sample(plan, quarter, 'Sample.Periodic')],
      });
    }
  }
}

export async function stop(station: ForeignStation, plan: Plan, id: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time++) {
    if (station.options.protocol === 'ocpp1.6') {
      await station.call('StopTransaction', {
        transactionId: Number(id),
        meterStop: plan.stopWh,
        timestamp: at(plan, 4),
        idTag: plan.idToken,
        reason: 'Local',
      });
    } else {
      await station.call('TransactionEvent', {
        eventType: 'Ended',
        timestamp: at(plan, 4),
        triggerReason: 'StopAuthorized',
        seqNo: 4,
        transactionInfo: { transactionId: id, stoppedReason: 'Local' },
        idToken: { idToken: plan.idToken, type: 'ISO14443' },
        meterValue: [sample(plan, 4, 'Transaction.End')],
      });
    }
  }
}

function sample(plan: Plan, quarter: number, context: string): Record<string, unknown> {
  return {
    timestamp: at(plan, quarter),
    sampledValue: [
      { value: meter(plan, quarter), context, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } },
      { value: 11000, context, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W' } },
    ],
  };
}
