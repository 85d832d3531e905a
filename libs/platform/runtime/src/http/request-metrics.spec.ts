import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { measureRequests } from './request-metrics';
import type { Metrics } from '@voltbus/telemetry';

@Controller('v1/things')
class Things {
  @Get(':thing')
  get() {
    return {};
  }
}

@Module({ controllers: [Things] })
class ThingsModule {}

it('measures requests by the route that they matched, never by their path', async () => {
  const observed: unknown[] = [];
  const metrics: Metrics = {
    counter: () => ({ add: () => undefined }),
    histogram: (name) => ({ observe: (value, labels) => void observed.push({ name, took: value >= 0, labels }) }),
    gauge: () => undefined,
  };
  const app = await NestFactory.create<NestFastifyApplication>(ThingsModule, new FastifyAdapter(), { logger: false });
  measureRequests(app, metrics);
  await app.init();
  await app.inject({ url: '/v1/things/one' });
  await app.inject({ url: '/v1/things/two' });
  await app.inject({ url: '/nowhere/at/all' });
  await app.close();
  const request = (route: string, code: string) => ({
    name: 'api_request_duration_seconds',
    took: true,
    labels: { method: 'GET', route, code },
  });
  expect(observed).toEqual([request('/v1/things/:thing', '200'), request('/v1/things/:thing', '200'), request('none', '404')]);
});
