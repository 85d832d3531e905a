import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, reservationSchema, type Reservation } from '@voltbus/contracts';
import {
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  KNOWN_STATIONS,
  Needs,
  STATION_EVSES,
  Tenant,
  isUuid,
  whileKnown,
  zodBody,
  zodQuery,
  type KnownStations,
  type ListPage,
  type StationEvses,
  OF_STATION,
  OF_STATIONS,
  ofItem,
  StationParam,
} from '@voltbus/http';
import type { z } from 'zod';
import { Reservations } from '../reservations';
import { TypeormReservations } from '../store/typeorm-reservations';
import { reservationList, reservationPostSchema } from './reservation';

/** About the reservation whose id the path names. */
const OF_RESERVATION = ofItem<{ store: Pick<TypeormReservations, 'find'> }>('reservation', ({ store }, tenant, id) =>
  store.find(tenant, id),
);

/** Places at stations that are kept for a driver. */
@Controller('v1')
export class ReservationsController {
  constructor(
    private readonly reservations: Reservations,
    private readonly store: TypeormReservations,
    @Inject(KNOWN_STATIONS) private readonly stations: KnownStations,
    @Inject(STATION_EVSES) private readonly evses: StationEvses,
  ) {}

  @Post('stations/:station/reservations')
  @Audited({})
  @Needs('reservations:write', OF_STATION)
  @ApiOperation({ operationId: 'createReservation', summary: 'Keep a place at a station for a driver' })
  @HttpCode(201)
  @ApiZodResponse(201, reservationSchema, 'Requested; the station may not have answered yet')
  @ApiZodBody(reservationPostSchema)
  async create(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Body(zodBody(reservationPostSchema)) body: z.output<typeof reservationPostSchema>,
  ): Promise<Reservation> {
    const ref = { tenant, station };
    const { idToken, groupId = null, evse = null, connectorType = null, expiresAt } = body;
    const evses = await this.evses.of(ref);
    return whileKnown(this.stations, ref, () =>
      this.reservations.reserve(ref, { idToken, groupId, evse, connectorType, expiresAt }, evses),
    );
  }

  @Get('reservations')
  @Needs('reservations:read', OF_STATIONS)
  @ApiList(reservationList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(reservationList.query)) query: z.output<typeof reservationList.query>,
  ): Promise<ListPage<Reservation>> {
    return reservationList.page(query, this.store.list(tenant));
  }

  @Get('reservations/:id')
  @Needs('reservations:read', OF_RESERVATION)
  @ApiOperation({ summary: 'A reservation, and what became of it' })
  @ApiZodResponse(200, reservationSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<Reservation> {
    if (!isUuid(id)) throw new CsmsError('not-found', 'no such reservation');
    return this.reservations.find(tenant, id);
  }

  @Post('reservations/:id/cancel')
  @Audited({})
  @Needs('reservations:write', OF_RESERVATION)
  @ApiOperation({ operationId: 'cancelReservation', summary: 'Ask the station to give a reservation up' })
  @HttpCode(202)
  @ApiZodResponse(202, reservationSchema, 'The station is asked; it may not have answered yet')
  async cancel(@Tenant() tenant: string, @Param('id') id: string): Promise<Reservation> {
    if (!isUuid(id)) throw new CsmsError('not-found', 'no such reservation');
    return this.reservations.cancel(tenant, id);
  }
}
