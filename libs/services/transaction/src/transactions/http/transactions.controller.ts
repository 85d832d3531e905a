import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, billedTransactionSchema, type BilledTransaction } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiList,
  ApiZodResponse,
  isUuid,
  Needs,
  OF_STATIONS,
  Tenant,
  TRANSACTION_BILLS,
  zodQuery,
  type ListPage,
  type TransactionBills,
} from '@voltbus/http';
import type { z } from 'zod';
import { OF_TRANSACTION } from './of-transaction';
import { type MeterValue, TypeormReadings } from '../../metering';
import { TypeormTransactionViews, type StationCost } from '../store/typeorm-transaction-views';
import { RUNNING_COSTS, withBill, withBills, type RunningCosts } from './billed-transactions';
import { TypeormLimits } from '../../limits';
import { meterValueList } from './meter-value-list';
import { stationCostSchema, transactionLimitSchema, type TransactionLimitView } from './transaction';
import { transactionList } from './transaction-list';

@Controller('v1/transactions')
export class TransactionsController {
  constructor(
    readonly views: TypeormTransactionViews,
    private readonly limits: TypeormLimits,
    private readonly readings: TypeormReadings,
    @Inject(TRANSACTION_BILLS) readonly bills: TransactionBills,
    @Inject(RUNNING_COSTS) readonly costs: RunningCosts,
  ) {}

  @Get()
  @Needs('transactions:read', OF_STATIONS)
  @ApiList(transactionList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(transactionList.query)) query: z.output<typeof transactionList.query>,
  ): Promise<ListPage<BilledTransaction>> {
    const billed = shownAs(this.views.list(tenant), (transactions) => withBills(this.bills, tenant, transactions));
    return transactionList.page(query, billed);
  }

  @Get(':id')
  @Needs('transactions:read', OF_TRANSACTION)
  @ApiZodResponse(200, billedTransactionSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<BilledTransaction> {
    const transaction = isUuid(id) ? await this.views.find(tenant, id) : null;
    if (transaction === null) throw new CsmsError('not-found', 'no such transaction');
    return withBill(this, transaction);
  }

  @Get(':id/limit')
  @Needs('transactions:read', OF_TRANSACTION)
  @ApiOperation({ summary: 'How far a transaction may go' })
  @ApiZodResponse(200, transactionLimitSchema)
  async limit(@Tenant() tenant: string, @Param('id') id: string): Promise<TransactionLimitView> {
    if (!isUuid(id) || (await this.views.find(tenant, id)) === null) throw new CsmsError('not-found', 'no such transaction');
    return { limit: await this.limits.find(tenant, id), station: await this.views.stationLimit(tenant, id) };
  }

  @Get(':id/station-cost')
  @Needs('transactions:read', OF_TRANSACTION)
  @ApiOperation({ summary: 'The cost that a station of OCPP 2.1 calculated itself; the bill follows the tariff of the CSMS' })
  @ApiZodResponse(200, stationCostSchema)
  async stationCost(@Tenant() tenant: string, @Param('id') id: string): Promise<StationCost> {
    const cost = isUuid(id) ? await this.views.stationCost(tenant, id) : null;
    if (cost === null) throw new CsmsError('not-found', 'no such transaction, or its station has not reported a cost');
    return cost;
  }

  @Get(':id/meter-values')
  @Needs('transactions:read', OF_TRANSACTION)
  @ApiList(meterValueList)
  async meterValues(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query(zodQuery(meterValueList.query)) query: z.output<typeof meterValueList.query>,
  ): Promise<ListPage<MeterValue>> {
    const scope = isUuid(id) ? await this.views.readingScope(tenant, id) : null;
    if (scope === null) throw new CsmsError('not-found', 'no such transaction');
    return meterValueList.page(query, this.readings.list(scope));
  }
}
