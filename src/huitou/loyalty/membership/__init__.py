"""Cards that are paid for: bought for a year, renewed with notice, upgraded, given back."""
