import { canonicalJson } from './canonical-json';

// The examples of RFC 8785, sections 3.2.2 and 3.2.3, as far as JSON.parse can give them.
it.each<[unknown, string]>([
  [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
  [{ 10: 'ten', 9: 'nine', a: 1 }, '{"10":"ten","9":"nine","a":1}'],
  [[333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]'],
  ['\u20ac$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
  [
    { '\u20ac': 'Euro', '\r': 'CR', '\ufb33': 'Dalet', 1: 'One', '\ud83d\ude00': 'Smiley', '\u0080': 'Control', '\u00f6': 'o' },
    '{"\\r":"CR","1":"One","\u0080":"Control","ö":"o","€":"Euro","😀":"Smiley","\ufb33":"Dalet"}',
  ],
  [JSON.parse('{"__proto__": 1, "a": {"c": 2, "b": {}}}'), '{"__proto__":1,"a":{"b":{},"c":2}}'],
  [{ a: undefined, b: null }, '{"b":null}'],
  [undefined, 'null'],
  [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
])('%j is %s', (value, canonical) => {
  expect(canonicalJson(value)).toBe(canonical);
});
