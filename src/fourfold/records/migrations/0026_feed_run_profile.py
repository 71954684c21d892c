from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0025_guest_link_hosts'),
    ]

    operations = [
        migrations.AddField(
            model_name='feedrun',
            name='asked',
            field=models.JSONField(default=dict, help_text='What the feed was when it ran.'),
        ),
        migrations.AddField(
            model_name='feedrun',
            name='profile',
            field=models.JSONField(default=dict, help_text='What the rows looked like.'),
        ),
        migrations.AddField(
            model_name='feedrun',
            name='remark',
            field=models.TextField(blank=True, default=''),
        ),
    ]
