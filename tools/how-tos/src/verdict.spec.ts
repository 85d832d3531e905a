import { verdictOf } from './verdict';

const ID = '8a096795-9db2-478a-96ef-d55db2fafc9e';

describe('the verdict on a page', () => {
  it('is good where every request succeeded', () => {
    const stderr = 'REQUEST 200 GET http://127.0.0.1:1/v1/cdrs?limit=1\nnoise\nREQUEST 201 POST http://127.0.0.1:1/v1/campaigns\n';
    expect(verdictOf(stderr, [])).toEqual({ requests: 2, faults: [] });
  });

  it('names requests that were refused, and those that nobody answered', () => {
    const stderr = `REQUEST 404 GET http://127.0.0.1:1/v1/campaigns/${ID}?x=1\nREQUEST 000 GET http://127.0.0.1:1/v1/cdrs\n`;
    expect(verdictOf(stderr, []).faults).toEqual(['404 GET /v1/campaigns/{id}', '000 GET /v1/cdrs']);
  });

  it('takes a refusal that the page shows, once', () => {
    const refusal = `REQUEST 403 POST http://127.0.0.1:1/v1/campaigns/${ID}/approve\n`;
    expect(verdictOf(refusal, ['403 POST /v1/campaigns/{id}/approve']).faults).toEqual([]);
    expect(verdictOf(refusal.repeat(2), ['403 POST /v1/campaigns/{id}/approve']).faults).toEqual(['403 POST /v1/campaigns/{id}/approve']);
  });

  it('misses a refusal that the page shows and that did not come', () => {
    expect(verdictOf('', ['403 POST /v1/x']).faults).toEqual(['did not come: 403 POST /v1/x']);
  });

  it('names commands that failed', () => {
    expect(verdictOf('FAILED in the block at line 7: false\n', []).faults).toEqual(['FAILED in the block at line 7: false']);
  });
});
