"""What offences prevented are worth: unit costs, prices and totals from joint draws."""
