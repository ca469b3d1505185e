// What a shop's own server tells, by Segment's library for Node: `node tell.mjs ADDRESS KEY`.
// The library is used as it comes; only the address is another.
import { createRequire } from 'node:module'

const require = createRequire(process.cwd() + '/')
const { Analytics } = require('@segment/analytics-node')

const [host, writeKey] = process.argv.slice(2)
const failed = []
const analytics = new Analytics({ writeKey, host, flushAt: 5, disable: false })
analytics.on('error', (why) => failed.push(why))

analytics.track({
  anonymousId: 'device-7', event: 'Product Viewed',
  properties: { product_id: 'p-9', sku: '9', name: 'Chess', price: 40 },
})
// Bought before anybody had signed in on this device …
analytics.track({
  anonymousId: 'device-7', event: 'Order Completed', timestamp: new Date('2026-03-02T12:00:00Z'),
  properties: {
    order_id: 'js-2001', revenue: 40, shipping: 4.5, currency: 'EUR',
    products: [{ product_id: 'p-9', sku: '9', name: 'Chess', price: 40, quantity: 1 }],
  },
})
// … and then they say who they are.
analytics.identify({
  userId: 'js-1', anonymousId: 'device-7', traits: { email: 'bo@example.com', name: 'Bo Berg' },
})
analytics.track({
  userId: 'js-1', event: 'Order Refunded', timestamp: new Date('2026-03-09T12:00:00Z'),
  properties: { order_id: 'js-2001', currency: 'EUR' },
})
analytics.alias({ userId: 'js-1', previousId: 'device-6' })
analytics.group({ userId: 'js-1', groupId: 'club', traits: { name: 'Chess club' } })
analytics.screen({ userId: 'js-1', name: 'Basket' })

await analytics.closeAndFlush()
if (failed.length) {
  console.error('refused:', JSON.stringify(failed))
  process.exit(1)
}
